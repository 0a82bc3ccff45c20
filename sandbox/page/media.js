// What a message carries: a photo that can be zoomed, a video to watch, a document to save, a voice to hear.
import { byId, icon, make } from "/sandbox/dom.js";
import { fileSize, t } from "/sandbox/texts.js";

const WIDEST = 400;
const TALLEST = 440;
const NARROWEST = 120;
const NARROWEST_WITH_WORDS = 220;

const usable = (file) => file && typeof file.file_id === "string";
const largest = (sizes) => (Array.isArray(sizes) ? sizes.filter(usable).at(-1) : null);

// The place that a photo takes is known before its bytes are here: nothing jumps when they come.
function fitted({ width, height }, narrowest) {
  const wide = Number(width) > 0 ? Number(width) : WIDEST;
  const tall = Number(height) > 0 ? Number(height) : WIDEST;
  const scale = Math.min(WIDEST / wide, TALLEST / tall, 1);
  return { width: Math.max(Math.round(wide * scale), narrowest), height: Math.max(Math.round(tall * scale), 48) };
}

function photo(size, message, address) {
  const { width, height } = fitted(size, message.caption ? NARROWEST_WITH_WORDS : NARROWEST);
  const image = make("img", { src: address, alt: t("photo"), width, height, decoding: "async", draggable: false });
  const node = make("button", { type: "button", class: "photo", "aria-label": t("openPhoto") }, image);
  if (message.has_media_spoiler) node.classList.add("veiled");
  image.addEventListener("error", () => node.replaceWith(make("p", { class: "gone" }, icon("file"), t("fileGone"))));
  node.addEventListener("click", () => {
    if (node.classList.contains("veiled")) node.classList.remove("veiled");
    else zoom(address, message.caption);
  });
  node.style.setProperty("--ratio", `${width} / ${height}`);
  node.dataset.width = String(width);
  return node;
}

function zoom(address, caption) {
  byId("zoom-image").src = address;
  byId("zoom-image").alt = t("photo");
  byId("zoom-caption").textContent = typeof caption === "string" ? caption : "";
  byId("zoom-save").href = address;
  byId("zoom").showModal();
}

function saved(file, address) {
  const name = String(file.file_name || t("document"));
  return make("a", { class: "document", href: address, download: name, title: t("save") },
    make("span", { class: "document-icon" }, icon("file")),
    make("span", { class: "document-names" }, make("b", {}, name), make("small", {}, fileSize(file.file_size))),
    icon("save"));
}

const voice = (address) => make("audio", { class: "voice", src: address, controls: true, preload: "metadata", "aria-label": t("voice") });

const video = (address) => make("video", { class: "video", src: address, controls: true, preload: "metadata", playsinline: true, "aria-label": t("video") });

// `addressOf(file_id)` says where the bytes are. The answer is null for a message of words alone.
export function mediaOf(message, addressOf) {
  const size = largest(message.photo);
  if (size) return photo(size, message, addressOf(size.file_id));
  if (usable(message.document)) return saved(message.document, addressOf(message.document.file_id));
  if (usable(message.voice)) return voice(addressOf(message.voice.file_id));
  if (usable(message.video)) return video(addressOf(message.video.file_id));
  return null;
}

// One line that stands for a message: its words, or what it carries.
export function summary(message) {
  const words = message.text ?? message.caption;
  if (typeof words === "string") return words;
  const kind = ["photo", "video", "document", "voice"].find((name) => message[name]);
  return kind ? t(kind) : "";
}
