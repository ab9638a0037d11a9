import { createServer, request as ask, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";

/**
 * A door in front of the running service, which can be shut, and held so that nothing goes through: the page
 * cannot tell it from a service that is gone, or that hangs.
 */
export class Door {
  #server: Server | null = null;
  #sockets = new Set<Socket>();
  #held = false;
  #port = 0;

  constructor(readonly service: string) {}

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((incoming, outgoing) => {
      if (this.#held) return;
      const through = this.#ask(incoming);
      through.on("response", (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      through.on("error", () => outgoing.destroy());
      incoming.pipe(through);
    });
    server.on("connection", (socket) => this.#keep(socket));
    server.on("upgrade", (incoming, socket: Socket, head) => this.#upgrade(incoming, socket, head));
    await new Promise<void>((done) => server.listen(this.#port, "127.0.0.1", done));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async shut(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.closeAllConnections();
    await new Promise<void>((done) => (this.#server ? this.#server.close(() => done()) : done()));
    this.#server = null;
    this.#held = false;
  }

  /** Connections stay, and nothing comes any more. */
  hold(): void {
    this.#held = true;
    for (const socket of this.#sockets) socket.pause();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#sockets.delete(socket));
  }

  /** The service serves its own name alone, so it is asked under that. */
  #ask(incoming: IncomingMessage) {
    const { host } = new URL(this.service);
    const headers: Record<string, string | string[] | undefined> = { ...incoming.headers, host };
    if (headers["origin"] !== undefined) headers["origin"] = this.service;
    if (headers["referer"] !== undefined) headers["referer"] = `${this.service}/`;
    return ask(`${this.service}${incoming.url ?? "/"}`, { method: incoming.method ?? "GET", headers });
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    const through = this.#ask(incoming);
    through.on("upgrade", (answer, far: Socket, first) => {
      this.#keep(far);
      const lines = answer.rawHeaders.flatMap((name, n, all) =>
        n % 2 === 0 ? [`${name}: ${all[n + 1]}`] : [],
      );
      socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
      socket.write(first);
      far.write(head);
      far.pipe(socket).pipe(far);
    });
    through.on("response", () => socket.destroy());
    through.on("error", () => socket.destroy());
    through.end();
  }
}
