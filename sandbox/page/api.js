// The control API and the live feed.

export class Refused extends Error {}

async function ask(path, options = {}) {
  const response = await fetch(`/control/${path}`, { cache: "no-store", ...options });
  const body = await response.json();
  if (!response.ok) throw new Refused(body.error ?? response.statusText);
  return body;
}

const post = (path, value) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) });

const asked = (person) => ({
  user_id: person.id,
  first_name: person.name,
  ...(person.username ? { username: person.username } : {}),
  ...(person.language ? { language_code: person.language } : {}),
});

function form(fields, kind, file) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append(kind, file, file.name || kind);
  return data;
}

export const api = {
  bots: () => ask("bots"),
  createBot: (name) => post("bots", { name }),
  fileAddress: (bot, fileId) => `/control/bots/${bot.token}/files/${encodeURIComponent(fileId)}`,
  chats: (bot) => ask(`bots/${bot.token}/chats`),
  chat: (bot, person) => ask(`bots/${bot.token}/chats/${person.id}?language_code=${person.language ?? ""}`),
  say: (bot, person, text) => post(`bots/${bot.token}/say`, { ...asked(person), text }),
  rewrite: (bot, person, id, text) => post(`bots/${bot.token}/say`, { ...asked(person), text, edit_message_id: id }),
  sendFile: (bot, person, kind, file, more) => ask(`bots/${bot.token}/upload`, { method: "POST", body: form({ ...asked(person), ...more }, kind, file) }),
  person: (person) => ask(`people/${person.id}`),
  change: (person, fields) => post(`people/${person.id}`, fields),
  photoAddress: (person, version) => `/control/people/${person.id}/photo?v=${version}`,
  tap: (bot, person, id, data) => post(`bots/${bot.token}/tap`, { ...asked(person), message_id: id, data }),
  setBlocked: (bot, person, blocked) => post(`bots/${bot.token}/${blocked ? "block" : "unblock"}`, asked(person)),
};

// Calls `heard` with every event; `changed` with true and false as the connection comes and goes.
export function listen(heard, changed) {
  const source = new EventSource("/control/live");
  source.onopen = () => changed(true);
  source.onerror = () => changed(false);
  source.onmessage = (message) => heard(JSON.parse(message.data));
}
