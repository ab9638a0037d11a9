// @ts-check
// Serves the built page and made-up numbers: `npm run mock`, or beside `npm run dev`, which asks port 8080.
// Keys: s silences or wakes the feed, t the trades, f fails answers, e empties them, n is normal again,
// v lets the venue refuse orders, c makes several processes of one, d silences the one that decides. It lets in by the link that it prints.
import { MockService } from "./service.mjs";

const service = new MockService();
await service.start(Number(process.env["PORT"] ?? 8080));
process.stdout.write(`${service.url}/#/login?key=${service.sessions.newKey()}\n`);

if (process.stdin.isTTY) process.stdin.setRawMode(true);
process.stdin.on("data", (keys) => {
  const key = keys.toString()[0];
  if (key === "s") service.feedSilent = !service.feedSilent;
  else if (key === "t") service.whales.silent = !service.whales.silent;
  else if (key === "f") service.behaviour = "fail";
  else if (key === "e") service.behaviour = "empty";
  else if (key === "v") service.desk.regionBlocked = !service.desk.regionBlocked;
  else if (key === "c") service.cluster.several();
  else if (key === "d") service.cluster.takeOver();
  else if (key === "n") service.behaviour = "normal";
  else if (key === "\u0003" || key === "q") process.exit();
});
