// Small helpers to make nodes. Text only ever becomes text nodes; what would turn or hide letters is shown by its code.

const SVG = "http://www.w3.org/2000/svg";
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
const byId = (id) => document.getElementById(id);

function visible(text) {
  return String(text).replace(UNSEEN, (letter) => "[U+" + letter.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "]");
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== "") node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return node;
}

function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function drawn(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// Puts other nodes in the place of those that are there, and keeps the keyboard where it was.
function replace(parent, ...children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : "";
  const scrolled = parent.scrollTop;
  parent.replaceChildren(...children.flat().filter(Boolean));
  parent.scrollTop = scrolled;
  if (key) [...parent.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key)?.focus({ preventScroll: true });
}

// Arrow keys, Home and End move through the items of a list, of which one at a time is reached by Tab.
function roving(container, selector, keys = { next: ["ArrowDown"], previous: ["ArrowUp"] }) {
  container.addEventListener("keydown", (event) => {
    const items = [...container.querySelectorAll(selector)];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    let to = -1;
    if (keys.next.includes(event.key)) to = Math.min(items.length - 1, at + 1);
    else if (keys.previous.includes(event.key)) to = Math.max(0, at - 1);
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = items.length - 1;
    if (to < 0) return;
    event.preventDefault();
    for (const item of items) item.tabIndex = -1;
    items[to].tabIndex = 0;
    items[to].focus();
    items[to].scrollIntoView({ block: "nearest" });
  });
}

function button(text, action, attributes = {}) {
  return element("button", { type: "button", click: action, ...attributes }, text);
}

let announced = 0;
function announce(text) {
  clearTimeout(announced);
  announced = setTimeout(() => { byId("status").textContent = text; }, 150);
}
