"use strict";
// Quotes of a reason or a proposal: fetched when they are opened, for the first time or after a failure.
// A decided proposal moves to another list: the page is loaded anew, at the same place.

function quoted(text) {
  const item = document.createElement("li");
  const quote = document.createElement("blockquote");
  quote.lang = "pl";
  quote.textContent = text;
  item.append(quote);
  return item;
}

function noted(text) {
  const note = document.createElement("p");
  note.className = "quiet";
  note.textContent = text;
  return note;
}

async function ask(asked) {
  const place = asked.querySelector("div");
  asked.dataset.state = "asked";
  try {
    const { quotes } = await call("GET", asked.dataset.quotes);
    const list = document.createElement("ul");
    list.className = "plain";
    list.append(...quotes.map(quoted));
    place.replaceChildren(quotes.length ? list : noted(asked.dataset.none));
  } catch {
    place.replaceChildren(noted(asked.dataset.failed));
    delete asked.dataset.state;
  }
}

document.querySelectorAll("details[data-quotes]").forEach((asked) => {
  asked.addEventListener("toggle", () => { if (asked.open && !asked.dataset.state) ask(asked); });
});

document.addEventListener("done", (event) => { if (event.target.closest(".proposal")) location.reload(); });
