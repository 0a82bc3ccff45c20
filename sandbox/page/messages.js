// One message as a bubble with its keyboard.
import { copy, icon, make } from "/sandbox/dom.js";
import { formatted, safeLink } from "/sandbox/entities.js";
import { mediaOf, summary } from "/sandbox/media.js";
import { clockTime, t } from "/sandbox/texts.js";

const NO_KIND = new Set(["message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message", "entities", "sender_chat"]);

export const isOwn = (message, person) => message.from?.id === person.id;

function content(message, media, onCommand) {
  const text = message.text ?? message.caption;
  if (typeof text === "string") return formatted(text, message.entities ?? message.caption_entities, onCommand);
  if (media) return [];
  const kind = Object.keys(message).find((key) => !NO_KIND.has(key)) ?? "?";
  return [make("span", { class: "other-kind" }, t("unknownMessage", { kind }))];
}

function replyLine(message) {
  const target = message.reply_to_message;
  const words = target ? summary(target) : "";
  return words ? make("div", { class: "reply-line" }, words.slice(0, 120)) : null;
}

function keyboardButton(button, message, hands) {
  const label = String(button.text ?? "");
  if (typeof button.callback_data === "string") {
    const data = button.callback_data;
    return make("button", { type: "button", class: "key", data: { data }, onclick: (event) => hands.tap(message, data, event.currentTarget) }, label);
  }
  const href = safeLink(String(button.url ?? button.web_app?.url ?? ""));
  if ((button.url || button.web_app) && href) {
    return make("a", { class: "key", href, target: "_blank", rel: "noopener noreferrer" }, label, icon("out"));
  }
  if (button.copy_text?.text) {
    const copied = async () => (await copy(String(button.copy_text.text))) && hands.toast(t("copied"));
    return make("button", { type: "button", class: "key", onclick: copied }, label, icon("copy"));
  }
  return make("button", { type: "button", class: "key", disabled: true }, label);
}

function keyboard(message, hands) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!Array.isArray(rows) || !rows.length) return null;
  const lines = rows
    .filter(Array.isArray)
    .map((row) => make("div", { class: "key-row" }, ...row.map((button) => keyboardButton(button, message, hands))));
  return make("div", { class: "keyboard" }, ...lines);
}

function carries(message, media) {
  if (!media) return "";
  return media.classList.contains("photo") ? `with-photo ${message.caption ? "" : "bare"}` : "with-file";
}

export function bubble(message, person, hands) {
  const own = isOwn(message, person);
  const node = make("article", { class: own ? "message own" : "message", data: { id: String(message.message_id) } });
  const meta = make("span", { class: "meta" }, message.edit_date ? `${t("editedMark")} · ` : "", clockTime(message.date));
  const media = mediaOf(message, hands.fileAddress);
  const body = make("div", { class: "text" }, replyLine(message), ...content(message, media, hands.say), meta);
  const edit = own && typeof message.text === "string"
    ? make("button", { type: "button", class: "icon-button edit", title: t("edit"), "aria-label": t("edit"), onclick: () => hands.edit(message) }, icon("pen"))
    : null;
  const parts = message.show_caption_above_media ? [body, media] : [media, body];
  const inside = make("div", { class: `bubble ${carries(message, media)}` }, ...parts);
  if (media?.dataset.width) node.style.setProperty("--width", `${media.dataset.width}px`);
  node.append(make("div", { class: "line" }, edit, inside));
  const keys = keyboard(message, hands);
  if (keys) node.append(keys);
  return node;
}

export const typingBubble = () =>
  make("article", { class: "message typing" }, make("div", { class: "line" }, make("div", { class: "bubble" }, make("i"), make("i"), make("i"))));
