import net from "node:net";

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body as they came. */
  text: string;
}

/** A small SMTP server (RFC 5321: EHLO, MAIL, RCPT, DATA, RSET, NOOP, QUIT) that keeps what it is given. */
export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((socket) => this.talk(socket));

  start(port: number): Promise<void> {
    return new Promise((resolve, reject) => this.server.once("error", reject).listen(port, "127.0.0.1", resolve));
  }

  stop(): Promise<void> {
    // A client may keep its connection open for the next mail.
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private talk(socket: net.Socket) {
    let mail: ReceivedMail = { from: "", to: [], text: "" };
    let rest = "";
    let inData = false;
    const say = (line: string) => socket.write(`${line}\r\n`);
    const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";
    this.sockets.add(socket);
    socket.on("close", () => this.sockets.delete(socket));
    socket.setEncoding("utf8");
    socket.on("error", () => socket.destroy());
    say("220 test ESMTP");
    socket.on("data", (chunk: string) => {
      rest += chunk;
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (inData) {
          if (line !== ".") {
            // A line that begins with a dot comes with a second one (RFC 5321 section 4.5.2).
            mail.text += `${line.startsWith(".") ? line.slice(1) : line}\n`;
            continue;
          }
          inData = false;
          this.mails.push(mail);
          mail = { from: "", to: [], text: "" };
          say("250 kept");
          continue;
        }
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "EHLO" || verb === "HELO") say("250 test");
        else if (verb === "MAIL") {
          mail.from = address(line);
          say("250 ok");
        } else if (verb === "RCPT") {
          mail.to.push(address(line));
          say("250 ok");
        } else if (verb === "DATA") {
          inData = true;
          say("354 go on");
        } else if (verb === "RSET" || verb === "NOOP") say("250 ok");
        else if (verb === "QUIT") {
          say("221 bye");
          socket.end();
        } else say("502 not known");
      }
    });
  }
}

/** The text of a mail with its quoted-printable or base64 body decoded, for looking for words in it. */
export function readable(mail: ReceivedMail): string {
  const [head = "", ...body] = mail.text.split("\n\n");
  const text = body.join("\n\n");
  if (/content-transfer-encoding:\s*base64/i.test(head)) return `${head}\n\n${Buffer.from(text, "base64").toString("utf8")}`;
  if (/content-transfer-encoding:\s*quoted-printable/i.test(head)) {
    const bytes = text.replace(/=\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return `${head}\n\n${Buffer.from(bytes, "latin1").toString("utf8")}`;
  }
  return mail.text;
}
