"use strict";
// One conversation: evidence on hover, and the review beside it.

// Evidence ---------------------------------------------------------------------------------------------------
function light(name, scroll) {
  document.querySelectorAll("mark.lit").forEach((mark) => mark.classList.remove("lit"));
  if (!name) return;
  const marks = [...document.querySelectorAll("mark[data-marks]")].filter((mark) => mark.dataset.marks.split(" ").includes(name));
  marks.forEach((mark) => mark.classList.add("lit"));
  if (scroll && marks.length) marks[0].scrollIntoView({ block: "center" });
}
document.querySelectorAll("[data-lit]").forEach((button) => {
  button.addEventListener("click", () => light(button.dataset.lit, true));
  button.addEventListener("mouseenter", () => light(button.dataset.lit, false));
  button.addEventListener("focus", () => light(button.dataset.lit, false));
});
judging.arrive = (criterion) => light("c-" + criterion.dataset.criterion, true);

// Review -----------------------------------------------------------------------------------------------------
judging.send = async (sent) => {
  const answer = await call("PUT", "/api/v1/review?id=" + encodeURIComponent(card.dataset.conversation), {
    ...sent, comment: sent.comment ?? null, item: card.dataset.item || null,
    version: card.dataset.version === "" ? null : Number(card.dataset.version),
  });
  card.dataset.review = answer.id;
  const place = document.getElementById("my-score-place");
  if (place) place.hidden = false;
  document.getElementById("my-score").textContent = answer.score === null ? "–" : Math.round(answer.score);
  return answer;
};

function asMachine(criterion) {
  if (criterion.dataset.automatic) choose(criterion, criterion.dataset.automatic);
}

judging.key = (key, event) => {
  if (key !== "a") return;
  if (event.shiftKey) criteria.filter((criterion) => !chosen(criterion)).forEach(asMachine);
  else if (current >= 0) { asMachine(criteria[current]); goTo(current + 1); }
};

if (writable) {
  document.getElementById("finish").addEventListener("click", finish);
  document.getElementById("skip")?.addEventListener("click", skip);
}
document.getElementById("reopen")?.addEventListener("click", () => act("POST", `/api/v1/reviews/${card.dataset.review}/reopen`, undefined, location.href));

async function act(method, address, body, next) {
  try { await call(method, address, body); location.assign(next); }
  catch (problem) { trouble(problem.message); }
}

async function finish() {
  if (!await save()) return;
  if (!card.dataset.review) { pending.comment = document.getElementById("whole").value; if (!await save()) return; }
  try {
    await call("POST", `/api/v1/reviews/${card.dataset.review}/finish`);
    forgetTyped(card);
    location.assign(card.dataset.item ? "/queue?done=1" : location.href);
  } catch (problem) { trouble(problem.message); }
}

function skip() {
  const reason = prompt(document.documentElement.lang === "en" ? "Why is it skipped?" : "Dlaczego pomijasz tę rozmowę?");
  if (reason?.trim()) act("POST", `/api/v1/queue/${card.dataset.item}/skip`, { reason: reason.trim() }, "/queue");
}
