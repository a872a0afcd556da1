/** What all pages have in common: one file that needs no other and no network. */
import { html, type Markup } from './markup.js';
import { reportStyle } from './report-style.js';

/** A whole page, as XHTML that is HTML too. */
export function wholePage(title: string, body: Markup): string {
  const page = html`<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>${title}</h1>
${body}
</body>
</html>`;
  return `<!DOCTYPE html>\n${page.text}\n`;
}

/** What a reader must not overlook. */
export function notice(text: string): Markup {
  return html`<p class="notice">${text}</p>`;
}

/** Names and values below each other. */
export function pairs(values: Readonly<Record<string, string | number>>): Markup {
  const entries = Object.entries(values).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`);
  return html`<dl>${entries}</dl>`;
}
