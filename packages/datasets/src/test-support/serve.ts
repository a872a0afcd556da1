/** A server on this machine alone, for the tests of downloads. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  /** With its final slash. */
  readonly url: string;
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<LocalServer> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

/** An address of this machine at which nothing listens: as good as no network. */
export async function unreachable(): Promise<string> {
  const server = await serve(() => undefined);
  await server.close();
  return server.url;
}
