// Building nodes. Text is only ever set as text: nothing that a bot says is read as markup.

export const byId = (id) => document.getElementById(id);

export function make(tag, fields = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

const HUES = [338, 14, 268, 222, 292, 32, 196, 354];

// A circle with the first letter, in a colour that belongs to the id; or with a photo.
export function paintAvatar(node, id, name, photo = null) {
  node.textContent = Array.from(String(name || "?").trim())[0]?.toUpperCase() ?? "?";
  node.style.setProperty("--hue", String(HUES[Math.abs(Number(id) || 0) % HUES.length]));
  node.setAttribute("aria-hidden", "true");
  if (photo) node.append(make("img", { src: photo, alt: "", decoding: "async" }));
  return node;
}

export const avatar = (id, name, photo) => paintAvatar(make("span", { class: "avatar" }), id, name, photo);

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
