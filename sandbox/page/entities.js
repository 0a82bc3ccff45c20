// From Telegram's entities to nodes. Offsets are UTF-16 units, as JavaScript counts.
import { copy, make } from "/sandbox/dom.js";
import { t } from "/sandbox/texts.js";
import { toast } from "/sandbox/toasts.js";

const SAFE_PROTOCOLS = new Set(["http:", "https:", "tg:", "ton:", "mailto:", "tel:"]);

export function safeLink(address) {
  for (const candidate of [address, `http:${"//"}${address}`]) {
    try {
      const url = new URL(candidate);
      return SAFE_PROTOCOLS.has(url.protocol) ? url.href : null;
    } catch {
      // Without a scheme the second candidate is tried.
    }
  }
  return null;
}

function linked(address, children) {
  const href = safeLink(address);
  return href ? make("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children) : make("span", {}, ...children);
}

function spoiler(children) {
  const node = make("span", { class: "spoiler", tabIndex: 0, role: "button" }, make("span", {}, ...children));
  const reveal = () => node.classList.add("seen");
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && reveal());
  return node;
}

function quote(children, folds) {
  const node = make("blockquote", { class: folds ? "folded" : "" }, ...children);
  if (folds) node.addEventListener("click", () => node.classList.toggle("folded"));
  return node;
}

function wrap(entity, text, children, onCommand) {
  switch (entity.type) {
    case "bold": return make("strong", {}, ...children);
    case "italic": return make("em", {}, ...children);
    case "underline": return make("u", {}, ...children);
    case "strikethrough": return make("s", {}, ...children);
    case "spoiler": return spoiler(children);
    case "code": return make("code", { onclick: async () => (await copy(text)) && toast(t("copied")) }, ...children);
    case "pre": return make("pre", { data: { language: entity.language ?? "" } }, make("code", {}, ...children));
    case "blockquote": return quote(children, false);
    case "expandable_blockquote": return quote(children, true);
    case "text_link": return linked(String(entity.url ?? ""), children);
    case "url": return linked(text, children);
    case "email": return linked(`mailto:${text}`, children);
    case "phone_number": return linked(`tel:${text}`, children);
    case "bot_command":
      return make("button", { type: "button", class: "inline-command", title: t("command", { text }), onclick: () => onCommand(text) }, ...children);
    case "mention": case "text_mention": case "hashtag": case "cashtag":
      return make("span", { class: "tag" }, ...children);
    default: return make("span", {}, ...children);
  }
}

// Entities may nest but never cross; whatever crosses is cut where its parent ends.
function build(text, from, to, entities, onCommand) {
  const nodes = [];
  let place = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const begin = Math.max(entity.offset, place);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= begin) continue;
    const inner = [];
    while (index + 1 < entities.length && entities[index + 1].offset < end) inner.push(entities[(index += 1)]);
    if (begin > place) nodes.push(text.slice(place, begin));
    nodes.push(wrap(entity, text.slice(begin, end), build(text, begin, end, inner, onCommand), onCommand));
    place = end;
  }
  if (place < to) nodes.push(text.slice(place, to));
  return nodes;
}

export function formatted(text, entities, onCommand) {
  const usable = (Array.isArray(entities) ? entities : [])
    .filter((entity) => entity && Number.isInteger(entity.offset) && Number.isInteger(entity.length))
    .sort((one, other) => one.offset - other.offset || other.length - one.length);
  return build(text, 0, text.length, usable, onCommand);
}
