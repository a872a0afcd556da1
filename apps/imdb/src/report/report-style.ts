/** The style sheet of the report: light and dark, on screen and on paper. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #ffffff; --line: #d9dee5; --train: #2f6fde; --validation: #d9730d; --first: #c2410c; --second: #1d63d1; --third: #0b8a5f; --fourth: #9d3fa8; --alarm: #b3261e; --alarm-paper: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #9aa5b4; --paper: #14181f; --line: #323a46; --train: #7aa8ff; --validation: #f0a35e; --first: #ff9a62; --second: #7aa8ff; --third: #4fd1a1; --fourth: #dd8fe6; --alarm: #ffb4ab; --alarm-paper: #3a1714; } }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1.25rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; }
.lead { color: var(--soft); margin: 0 0 1.25rem; }
.notice { border: 2px solid var(--alarm); background: var(--alarm-paper); color: var(--alarm); border-radius: .5rem; padding: .7rem 1rem; margin: 1rem 0; font-weight: 600; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin: 1rem 0; padding: 0; list-style: none; }
.figures li { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; flex: 1 1 7rem; }
.figures b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; } .figures span { color: var(--soft); font-size: .85rem; }
.charts { margin-bottom: 1rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--ink); font: 11px system-ui, sans-serif; } svg .title { font-size: 13px; font-weight: 600; } svg .tick, svg .label { fill: var(--soft); }
.grid { stroke: var(--line); fill: none; } .axis { stroke: var(--soft); fill: none; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; } .curve.train { stroke: var(--train); } .curve.validation { stroke: var(--validation); }
.curve.first { stroke: var(--first); } .curve.second { stroke: var(--second); } .curve.third { stroke: var(--third); stroke-dasharray: 8 3; } .curve.fourth { stroke: var(--fourth); stroke-dasharray: 2 3; }
.point.train { fill: var(--train); } .point.validation { fill: var(--validation); } .point.first { fill: var(--first); } .point.second { fill: var(--second); } .point.third { fill: var(--third); } .point.fourth { fill: var(--fourth); }
.scroll svg.whole { min-width: 38rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { border-bottom: 1px solid var(--line); padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top; } td.number, th.number { text-align: right; }
td.right, tr.best td { font-weight: 600; } td.number, td.words { white-space: nowrap; } th { font-weight: 600; } thead th { color: var(--soft); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { overflow-x: auto; font: 13px/1.35 ui-monospace, monospace; }
blockquote { margin: .2rem 0 1.1rem; padding: .1rem 0 .1rem 1rem; border-left: 3px solid var(--line); overflow-wrap: anywhere; } blockquote p { margin: .2rem 0; }
summary { cursor: pointer; } .soft { color: var(--soft); }
@media print { body { margin: 0; max-width: none; } }
`;
