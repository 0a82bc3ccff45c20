// The chat page: which bot, which person, what was said, and everything that happens meanwhile.
import { api, listen, Refused } from "/sandbox/api.js";
import { Composer } from "/sandbox/composer.js";
import { avatar, byId, copy, icon, make, paintAvatar } from "/sandbox/dom.js";
import { faceOf, fetchFaces, learn, photoOf } from "/sandbox/faces.js";
import { bubble, isOwn, typingBubble } from "/sandbox/messages.js";
import { allPeople, become, currentPerson, inventedId } from "/sandbox/people.js";
import { dayName, language, t, translate } from "/sandbox/texts.js";
import { alertBox, toast } from "/sandbox/toasts.js";

const TYPING_FOR = 5500;
const TAP_WAITS = 15000;
const BOTS_EVERY = 4000;
const GROUP_GAP = 300;
const MOST_SHOWN = 400;
const MOST_MET = 60;

const state = {
  bots: [], bot: null, person: currentPerson(),
  messages: new Map(), blocked: false, keyboard: null, commands: [],
  unread: new Map(), taps: new Map(), typingUntil: 0, toldWaiting: false, isAtEnd: true, logHeight: 0,
  ticket: 0, heardMeanwhile: null,
};

const hands = { say, tap, edit: (message) => composer.edit(message), toast, fileAddress: (fileId) => api.fileAddress(state.bot, fileId) };
const bubbles = new WeakMap();
const typing = typingBubble();
const composer = new Composer({ send: say, sendFile, begin, rewrite, lastOwn, complain: (text) => toast(text, "bad") });

async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(t("failed", { reason: error instanceof Refused ? error.message : t("offline") }), "bad");
    return null;
  }
}

async function say(text) {
  if (!state.bot) return;
  await attempt(() => api.say(state.bot, state.person, text));
  tellWaiting();
}

// A picture goes as a photo, a sound as a voice message, all else as a document.
async function sendFile(file, caption, seconds) {
  if (!state.bot) return;
  const isPhoto = ["image/png", "image/jpeg", "image/webp"].includes(file.type);
  const kind = isPhoto ? "photo" : file.type.startsWith("audio/") ? "voice" : "document";
  const sent = await attempt(() => api.sendFile(state.bot, state.person, kind, file, { caption, duration: seconds }));
  if (sent) tellWaiting();
}

// Enter in an empty field of a fresh chat is the Start button.
function begin() {
  if (!state.messages.size) say("/start");
}

async function rewrite(message, text) {
  await attempt(() => api.rewrite(state.bot, state.person, message.message_id, text));
}

async function tap(message, data, key) {
  key.classList.add("waiting");
  const answer = await attempt(() => api.tap(state.bot, state.person, message.message_id, data));
  if (!answer) {
    key.classList.remove("waiting");
    return;
  }
  state.taps.set(answer.callback_query_id, key);
  setTimeout(() => {
    if (state.taps.delete(answer.callback_query_id)) {
      key.classList.remove("waiting");
      toast(t("noButtons"), "bad");
    }
  }, TAP_WAITS);
  tellWaiting();
}

async function setBlocked(blocked) {
  await attempt(() => api.setBlocked(state.bot, state.person, blocked));
}

function lastOwn() {
  return [...state.messages.values()].reverse().find((message) => isOwn(message, state.person) && typeof message.text === "string");
}

function tellWaiting() {
  if (state.bot.state === "listening" || state.toldWaiting) return;
  state.toldWaiting = true;
  setTimeout(() => state.bot.state !== "listening" && toast(t("waiting")), 700);
}

async function loadBots() {
  try {
    state.bots = await api.bots();
  } catch {
    return;
  }
  const chosen = state.bot && state.bots.find((bot) => bot.id === state.bot.id);
  if (chosen) {
    if (chosen.state === "listening") state.toldWaiting = false;
    state.bot = chosen;
    showHead();
  } else {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const alive = state.bots.filter((bot) => bot.state !== "revoked");
    await open(state.bots.find((bot) => bot.username === wanted) ?? alive[0] ?? state.bots[0] ?? null, state.person);
  }
  showBots();
}

async function open(bot, person) {
  state.bot = bot;
  state.person = person;
  state.messages.clear();
  state.typingUntil = 0;
  if (bot) {
    history.replaceState(null, "", `#${bot.username}`);
    state.unread.delete(bot.id);
    composer.moveTo(`${bot.id}:${person.id}`);
  }
  closeRail();
  showBots();
  showMe();
  fetchFaces([person]).then(showMe);
  await loadChat();
  composer.focus();
}

// What is heard of a chat that is on its way here may be newer than what arrives: it is applied afterwards.
async function loadChat() {
  const { bot, person } = state;
  const ticket = (state.ticket += 1);
  state.heardMeanwhile = [];
  let chat = { messages: [], blocked: false, keyboard: null, commands: [], started: false };
  if (bot) {
    try {
      chat = await api.chat(bot, person);
    } catch {
      state.heardMeanwhile = null;
      return;
    }
  }
  if (ticket !== state.ticket) return;
  state.messages = new Map(chat.messages.map((message) => [message.message_id, message]));
  state.blocked = chat.blocked;
  state.keyboard = chat.keyboard;
  state.commands = chat.commands;
  composer.setCommands(chat.commands);
  state.isAtEnd = true;
  showHead();
  showMessages();
  showFoot();
  const heardMeanwhile = state.heardMeanwhile ?? [];
  state.heardMeanwhile = null;
  heardMeanwhile.forEach(heard);
}

// Drawn anew only when something changed: a list that is drawn under the keyboard's focus loses it.
function showBots() {
  document.title = state.bot ? `${state.bot.name} · reLove ${t("sandbox")}` : `reLove ${t("sandbox")}`;
  const shown = JSON.stringify([state.bot?.id, state.bots.map(({ id, name, state: now }) => [id, name, now, state.unread.get(id)])]);
  if (shown === state.shownBots) return;
  state.shownBots = shown;
  byId("bots").replaceChildren(...state.bots.map((bot) => {
    const unread = state.unread.get(bot.id);
    const chosen = state.bot?.id === bot.id;
    return make("li", {},
      make("button", { type: "button", class: "bot", "aria-current": String(chosen), onclick: () => open(bot, state.person) },
        avatar(bot.id, bot.name),
        make("span", { class: "bot-names" },
          make("b", {}, bot.name),
          make("small", { class: `state ${bot.state}` }, t(`state_${bot.state}`))),
        unread ? make("span", { class: "badge", "aria-label": t("unread", { count: unread }) }, String(unread)) : null));
  }));
}

function aboutPerson(person, ...more) {
  const spoken = { ru: t("russian"), en: t("english") }[person.language] ?? person.language;
  return [person.username && `@${person.username}`, spoken, ...more].filter(Boolean).join(" · ");
}

function showMe() {
  const { person } = state;
  byId("me").replaceChildren(
    avatar(person.id, person.name, photoOf(person)),
    make("span", { class: "bot-names" }, make("b", {}, person.name),
      make("small", {}, aboutPerson(person))),
    icon("swap"));
  byId("head-me").replaceChildren(avatar(person.id, person.name, photoOf(person)));
  for (const node of [byId("me"), byId("head-me")]) {
    node.title = t("person");
    node.setAttribute("aria-label", `${t("person")}: ${person.name}`);
  }
}

function showHead() {
  const { bot } = state;
  document.body.classList.toggle("no-bot", !bot);
  if (!bot) return;
  paintAvatar(byId("head-avatar"), bot.id, bot.name);
  byId("head-name").textContent = bot.name;
  const isTyping = Date.now() < state.typingUntil;
  const status = byId("head-status");
  status.className = isTyping ? "state typing" : `state ${bot.state}`;
  status.textContent = isTyping ? `${t("typing")}…` : t(`state_${bot.state}`);
  byId("block").setAttribute("aria-checked", String(state.blocked));
  byId("block").lastElementChild.textContent = t(state.blocked ? "blocked" : "block");
}

function showFoot() {
  const { bot, blocked, commands, keyboard } = state;
  const begun = state.messages.size > 0;
  byId("foot").hidden = !bot;
  byId("composer").hidden = blocked;
  byId("barred").hidden = !blocked;
  composer.setHint(begun);
  byId("chips").replaceChildren(...commands.map(({ command, description }) =>
    make("button", { type: "button", class: "chip", title: description, onclick: () => say(`/${command}`) }, `/${command}`)));
  byId("chips").hidden = blocked || !commands.length || !begun;
  const rows = Array.isArray(keyboard?.keyboard) ? keyboard.keyboard : [];
  byId("keys").replaceChildren(...rows.map((row) =>
    make("div", { class: "key-row" }, ...row.map((button) =>
      make("button", { type: "button", class: "key", onclick: () => answerWith(button.text) }, button.text)))));
  byId("keys").hidden = blocked || !rows.length;
}

function answerWith(text) {
  if (state.keyboard?.one_time_keyboard) {
    state.keyboard = null;
    showFoot();
  }
  say(text);
}

function showHero() {
  const { bot, person } = state;
  const hero = byId("hero");
  hero.hidden = Boolean(bot) && state.messages.size > 0;
  byId("log").hidden = !hero.hidden;
  if (hero.hidden) return;
  if (!bot) {
    hero.replaceChildren(
      make("span", { class: "hero-mark" }),
      make("h2", {}, t("noBots")), make("p", {}, t("noBotsHint")),
      make("button", { type: "button", class: "start", onclick: openBotSheet }, t("newBot")));
    return;
  }
  hero.replaceChildren(
    make("span", { class: "halo" }, avatar(bot.id, bot.name)),
    make("h2", {}, bot.name), make("p", { class: "hero-at" }, `@${bot.username}`),
    make("button", { type: "button", class: "start", id: "start", onclick: () => say("/start") }, t("start")),
    make("p", {}, t("heroAs", { name: person.name }), make("br"), t("heroHint")));
}

// A message that has not changed keeps its node: what plays goes on, what is selected stays so.
function bubbleOf(message) {
  if (!bubbles.has(message)) bubbles.set(message, bubble(message, state.person, hands));
  return bubbles.get(message);
}

function arrange(box, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...box.children]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, index) => box.children[index] !== node && box.insertBefore(node, box.children[index] ?? null));
}

// The newest message of a run keeps the corner; a new day is announced.
function showMessages() {
  const nodes = [];
  let previous = null;
  for (const message of [...state.messages.values()].slice(-MOST_SHOWN)) {
    const day = dayName(message.date);
    if (!previous || dayName(previous.date) !== day) nodes.push(make("p", { class: "day" }, day));
    const node = bubbleOf(message);
    const follows = previous && isOwn(previous, state.person) === isOwn(message, state.person) && message.date - previous.date < GROUP_GAP;
    node.classList.toggle("follows", Boolean(follows));
    nodes.push(node);
    previous = message;
  }
  if (Date.now() < state.typingUntil) nodes.push(typing);
  arrange(byId("messages"), nodes);
  showHero();
  toEnd();
}

function arriving(node) {
  node.classList.add("arriving");
  node.addEventListener("animationend", () => node.classList.remove("arriving"), { once: true });
}

function isAtEnd() {
  const log = byId("log");
  return log.scrollHeight - log.scrollTop - log.clientHeight < 90;
}

function toEnd() {
  byId("log").scrollTop = byId("log").scrollHeight;
  byId("to-end").hidden = true;
}

// The end stays in view through everything that changes the height of the log, unless one has scrolled up.
function refresh(whenAtEnd) {
  const log = byId("log");
  const place = log.scrollTop;
  showMessages();
  if (!whenAtEnd) log.scrollTop = place;
  state.isAtEnd = whenAtEnd;
  byId("to-end").hidden = isAtEnd();
  showHead();
  showFoot();
}

function resized() {
  state.logHeight = byId("log").clientHeight;
  if (state.isAtEnd) toEnd();
}

// A log that has just become shorter was not scrolled by anybody; `resized` puts it right.
function scrolled() {
  if (byId("log").clientHeight !== state.logHeight) return;
  state.isAtEnd = isAtEnd();
  byId("to-end").hidden = state.isAtEnd;
}

const hears = {
  bots: () => loadBots(),
  person: (event) => event.user === state.person.id && fetchFaces([state.person]).then(showMe),
  commands: (event) => event.bot === state.bot?.id && loadChat(),
  message: (event) => {
    if (event.message.from?.id === event.bot) state.typingUntil = 0;
    state.messages.set(event.message.message_id, event.message);
    if (event.keyboard !== undefined) state.keyboard = event.keyboard;
    refresh(state.isAtEnd || isOwn(event.message, state.person));
    arriving(bubbleOf(event.message));
  },
  edit: (event) => {
    state.messages.set(event.message.message_id, event.message);
    refresh(state.isAtEnd);
  },
  delete: (event) => {
    state.messages.delete(event.message_id);
    refresh(state.isAtEnd);
  },
  action: () => {
    state.typingUntil = Date.now() + TYPING_FOR;
    refresh(state.isAtEnd);
    setTimeout(() => Date.now() >= state.typingUntil && refresh(state.isAtEnd), TYPING_FOR + 50);
  },
  answer: (event) => {
    state.taps.get(event.query_id)?.classList.remove("waiting");
    state.taps.delete(event.query_id);
    if (event.text) (event.alert ? alertBox : toast)(event.text);
  },
  blocked: (event) => {
    state.blocked = event.blocked;
    showHead();
    showFoot();
  },
};

function heard(event) {
  if (event.bot === undefined || event.type === "commands") {
    hears[event.type]?.(event);
  } else if (event.bot === state.bot?.id && event.chat === state.person.id) {
    if (state.heardMeanwhile) state.heardMeanwhile.push(event);
    else hears[event.type]?.(event);
  } else if (event.type === "message" && event.chat === state.person.id && event.message.from?.id === event.bot) {
    state.unread.set(event.bot, (state.unread.get(event.bot) ?? 0) + 1);
    showBots();
  }
}

function openRail() {
  document.body.classList.add("rail-shown");
  byId("veil").hidden = false;
}

function closeRail() {
  document.body.classList.remove("rail-shown");
  byId("veil").hidden = true;
}

async function openPeople() {
  const chats = state.bot ? (await attempt(() => api.chats(state.bot))) ?? [] : [];
  const met = chats.map((chat) => chat.user).filter(Boolean).slice(0, MOST_MET);
  const begun = new Set(met.map((user) => user.id));
  const people = allPeople(met);
  await fetchFaces(people);
  byId("people-list").replaceChildren(...people.map((person) =>
    make("li", { class: "person" },
      make("button", { type: "button", class: "bot", "aria-current": String(person.id === state.person.id), onclick: () => choose(person) },
        avatar(person.id, person.name, photoOf(person)),
        make("span", { class: "bot-names" }, make("b", {}, person.name),
          make("small", {}, aboutPerson(person, begun.has(person.id) && t("begun"))))),
      make("button", { type: "button", class: "icon-button", title: t("editPerson", person), "aria-label": t("editPerson", person), onclick: () => fillPerson(person) }, icon("pen")))));
  fillPerson(null);
  byId("people").showModal();
}

// The form for somebody new, or for a person who changes.
function fillPerson(person) {
  byId("person-form").reset();
  byId("person-title").textContent = person ? t("editPerson", person) : t("invent");
  byId("person-save").textContent = t(person ? "saveAndTalk" : "becomeThem");
  byId("person-id").value = String(person?.id ?? inventedId());
  byId("person-id").readOnly = Boolean(person);
  byId("person-name").value = person?.name ?? "";
  byId("person-username").value = person?.username ?? "";
  byId("person-language").value = person?.language ?? language;
  byId("person-bio").value = (person && faceOf(person)?.bio) ?? "";
  state.newPhoto = undefined;
  showPersonPhoto(person && photoOf(person));
  if (person && matchMedia("(hover: hover)").matches) byId("person-name").focus();
}

function showPersonPhoto(address) {
  paintAvatar(byId("person-avatar"), byId("person-id").value, byId("person-name").value, address);
  byId("person-no-photo").hidden = !address;
}

function pickPhoto() {
  const [file] = byId("person-photo").files;
  if (!file) return;
  const reader = new FileReader();
  reader.addEventListener("load", () => {
    state.newPhoto = reader.result;
    showPersonPhoto(reader.result);
  });
  reader.readAsDataURL(file);
}

// `newPhoto` is undefined while the photo stays as it is, null when it goes.
async function savePerson() {
  const person = {
    id: Number(byId("person-id").value),
    name: byId("person-name").value.trim(),
    username: byId("person-username").value.trim().replace(/^@/, ""),
    language: byId("person-language").value,
  };
  const fields = { first_name: person.name, username: person.username, language_code: person.language, bio: byId("person-bio").value };
  const face = await attempt(() => api.change(person, state.newPhoto === undefined ? fields : { ...fields, photo: state.newPhoto }));
  if (!face) return;
  learn(person, face);
  choose(person);
}

function choose(person) {
  become(person);
  byId("people").close();
  open(state.bot, person);
}

function openBotSheet() {
  byId("bot-form").reset();
  byId("token-box").hidden = true;
  byId("bot-form").hidden = false;
  byId("bot-sheet").showModal();
}

async function createBot() {
  const bot = await attempt(() => api.createBot(byId("bot-name").value.trim()));
  if (!bot) return;
  byId("bot-form").hidden = true;
  byId("token-box").hidden = false;
  byId("token").firstElementChild.textContent = bot.token;
  await loadBots();
  await open(bot, state.person);
}

function settle() {
  translate(document);
  byId("log").addEventListener("scroll", scrolled, { passive: true });
  new ResizeObserver(resized).observe(byId("log"));
  byId("to-end").addEventListener("click", () => byId("log").scrollTo({ top: byId("log").scrollHeight, behavior: "smooth" }));
  byId("rail-open").addEventListener("click", openRail);
  byId("rail-close").addEventListener("click", closeRail);
  byId("veil").addEventListener("click", closeRail);
  byId("me").addEventListener("click", openPeople);
  byId("head-me").addEventListener("click", openPeople);
  byId("block").addEventListener("click", () => setBlocked(!state.blocked));
  byId("unblock").addEventListener("click", () => setBlocked(false));
  byId("new-bot").addEventListener("click", openBotSheet);
  byId("token").addEventListener("click", async () => (await copy(byId("token").firstElementChild.textContent)) && toast(t("copied")));
  byId("person-form").addEventListener("submit", (event) => {
    event.preventDefault();
    savePerson();
  });
  byId("person-photo").addEventListener("change", pickPhoto);
  byId("person-no-photo").addEventListener("click", () => {
    state.newPhoto = null;
    byId("person-photo").value = "";
    showPersonPhoto(null);
  });
  const stage = document.querySelector(".chat");
  stage.addEventListener("dragover", (event) => {
    if (!state.bot || state.blocked || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    stage.classList.add("dropping");
  });
  stage.addEventListener("dragleave", (event) => stage.contains(event.relatedTarget) || stage.classList.remove("dropping"));
  stage.addEventListener("drop", (event) => {
    event.preventDefault();
    stage.classList.remove("dropping");
    if (state.bot && !state.blocked) composer.attach(event.dataTransfer.files[0]);
  });
  byId("bot-form").addEventListener("submit", (event) => {
    event.preventDefault();
    createBot();
  });
  byId("zoom-image").addEventListener("click", () => byId("zoom").close());
  for (const sheet of document.querySelectorAll("dialog")) {
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  }
}

settle();
showMe();
await loadBots();
showHero();
listen(heard, (connected) => {
  byId("offline").hidden = connected;
  document.body.dataset.live = String(connected);
  if (connected) loadBots().then(loadChat);
});
setInterval(loadBots, BOTS_EVERY);
