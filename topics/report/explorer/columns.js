"use strict";
// Reads what columns.py writes: numbers in base 88, ascending rows by their gaps, strings by the words that they share.

const LETTERS = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).filter((letter) => !"\"&'<>\\".includes(letter)).join("");
const BASE = LETTERS.length;
const GAP_LEADS = 4;
const ONE = 52;
const TWO = 84;
const SEPARATOR = "~";
const PLACE = "\u0001";
const DIGITS = new Int16Array(128);
for (let at = 0; at < BASE; at += 1) DIGITS[LETTERS.charCodeAt(at)] = at;

function numberAt(text, at, width) {
  let value = 0;
  for (let step = 0; step < width; step += 1) value = value * BASE + DIGITS[text.charCodeAt(at + step)];
  return value;
}

// Numbers of one width; -1 stands for none.
function unpacked({ width, text }) {
  const values = new Int32Array(text.length / width);
  for (let place = 0; place < values.length; place += 1) values[place] = numberAt(text, place * width, width) - 1;
  return values;
}

// 1 at each row that is listed, of so many.
function markedRows(text, size) {
  const marks = new Uint8Array(size);
  let at = 0;
  let row = -1;
  while (at < text.length) {
    let gap = DIGITS[text.charCodeAt(at)];
    at += 1;
    if (gap >= BASE - GAP_LEADS) {
      const width = gap - (BASE - GAP_LEADS) + 1;
      gap = numberAt(text, at, width);
      at += width;
    }
    row += gap + 1;
    marks[row] = 1;
  }
  return marks;
}

// Strings, as many as said. `change` may say another word for each, so that all strings come out folded.
function unworded(column, size, change = (word) => word) {
  const words = column.words.split(SEPARATOR).map(change);
  const text = column.text;
  const strings = new Array(size);
  let at = 0;
  for (let row = 0; row < size; row += 1) {
    let found = "";
    while (at < text.length && text[at] !== " ") {
      const digit = DIGITS[text.charCodeAt(at)];
      if (digit === BASE - 1) {
        const length = DIGITS[text.charCodeAt(at + 1)];
        found += change(text.substr(at + 2, length));
        at += 2 + length;
      } else if (digit < ONE) {
        found += words[digit];
        at += 1;
      } else if (digit < TWO) {
        found += words[ONE + (digit - ONE) * BASE + DIGITS[text.charCodeAt(at + 1)]];
        at += 2;
      } else {
        found += words[ONE + (TWO - ONE) * BASE + (digit - TWO) * BASE * BASE + numberAt(text, at + 1, 2)];
        at += 3;
      }
    }
    at += 1;
    strings[row] = found;
  }
  return strings;
}

// A title as many papers write it into links; the same as in columns.py.
function slug(title) {
  const plain = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/[đĐ]/g, "d");
  return plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
}
