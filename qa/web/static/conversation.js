"use strict";
// One conversation: words and the criteria that rest on them point at each other, and the review beside it.

// Evidence ---------------------------------------------------------------------------------------------------
const carriers = (name) => document.querySelectorAll(`[data-marks~="${CSS.escape(name)}"]`);
const resting = () => (current >= 0 ? ["c-" + criteria[current].dataset.criterion] : []);

/** Light the words of these reasons and criteria, their places in the course, and what names them. */
function light(names) {
  document.querySelectorAll(".lit").forEach((one) => one.classList.remove("lit"));
  for (const name of names) {
    carriers(name).forEach((one) => one.classList.add("lit"));
    document.querySelectorAll(`[data-lit="${CSS.escape(name)}"]`).forEach((one) => one.classList.add("lit"));
  }
}

/** The words under the pointer or the focus, or what speaks of them. */
function namesAt(target) {
  const one = target.closest?.("[data-marks], [data-evidence], [data-lit]");
  if (!one) return null;
  return one.dataset.marks?.split(" ") ?? [one.dataset.evidence ?? one.dataset.lit];
}
for (const name of ["mouseover", "focusin"]) {
  document.addEventListener(name, (event) => light(namesAt(event.target) ?? resting()));
}

/** Show the words of a reason or criterion, those in one turn where told so. */
function showWords(name, turn, page) {
  const marks = [...carriers(name)].filter((mark) => mark.closest(".turn"));
  const mark = marks.find((one) => turn === undefined || one.closest(".turn").id === "turn-" + turn);
  if (mark) listening.show(mark, page);
}

document.addEventListener("click", (event) => {
  const evidence = event.target.closest("[data-evidence]");
  if (evidence) {
    if (listening.isPlaying()) listening.follow(false); // what sounds goes on, the eyes stay with the words
    else if (evidence.dataset.at) listening.goTo(Number(evidence.dataset.at));
    showWords(evidence.dataset.evidence, evidence.dataset.turn, true);
    return;
  }
  const named = event.target.closest(".turn [data-lit], .lost a");
  const mark = event.target.closest("mark[data-marks]");
  const name = named ? named.getAttribute("href").slice(1) : mark && getSelection().isCollapsed ? mark.dataset.marks.split(" ").at(-1) : null;
  if (!name) return;
  event.preventDefault();
  const place = document.getElementById(name);
  const index = criteria.indexOf(place);
  if (index >= 0) goToQuietly(index);
  place.scrollIntoView({ block: "nearest" });
  place.focus({ preventScroll: true });
  light([name]);
});

// while the transcript follows the sound, going through the criteria does not tear it away
judging.arrive = (criterion) => {
  const name = "c-" + criterion.dataset.criterion;
  closeEvidence();
  light([name]);
  if (!listening.isPlaying() || !listening.isFollowing()) showWords(name);
};

/** The next place of evidence of the current criterion; its words stay open until another criterion is the current one. */
function nextEvidence() {
  const places = current < 0 ? [] : [...criteria[current].querySelectorAll(".evidence li:has(button)")];
  const before = places.findIndex((place) => place.classList.contains("open"));
  closeEvidence();
  const next = places[(before + 1) % places.length];
  if (!next) return;
  next.classList.add("open");
  next.parentElement.classList.remove("closed");
  next.querySelector("button").click();
}

function playEvidence() {
  const open = document.activeElement.closest("[data-evidence]") ?? document.querySelector(".evidence .open button");
  const place = open ?? criteria[current]?.querySelector("[data-evidence]");
  if (place?.dataset.at) listening.goTo(Number(place.dataset.at), true);
}

function closeEvidence() {
  document.querySelectorAll(".evidence .open").forEach((one) => one.classList.remove("open"));
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { closeEvidence(); document.querySelectorAll(".peek").forEach((one) => one.classList.add("closed")); }
  if (/^(TEXTAREA|SELECT|INPUT)$/.test(event.target.tagName) && event.target.type !== "radio") return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.toLowerCase() === "e") nextEvidence();
  if (event.key.toLowerCase() === "p") playEvidence();
});
for (const name of ["focusin", "mouseover"]) {
  document.addEventListener(name, (event) => event.target.closest?.(".peek")?.classList.remove("closed"));
}

// Questions can go once they are known by heart ------------------------------------------------------------------
const brief = document.getElementById("brief");
function setBrief(on) {
  brief.setAttribute("aria-pressed", String(on));
  card.classList.toggle("brief", on);
  try { localStorage.setItem("odsluch-brief", on ? "1" : "0"); } catch { /* holds for this page only */ }
}
if (brief) {
  let before = null;
  try { before = localStorage.getItem("odsluch-brief"); } catch { /* questions are shown */ }
  setBrief(before === "1");
  brief.addEventListener("click", () => setBrief(brief.getAttribute("aria-pressed") !== "true"));
}

// Review -----------------------------------------------------------------------------------------------------
judging.send = async (sent) => {
  const answer = await call("PUT", "/api/v1/review?id=" + encodeURIComponent(card.dataset.conversation), {
    ...sent, comment: sent.comment ?? null, item: card.dataset.item || null,
    version: card.dataset.version === "" ? null : Number(card.dataset.version),
  });
  card.dataset.review = answer.id;
  document.getElementById("my-score").textContent = answer.score === null ? "–" : Math.round(answer.score);
  card.querySelectorAll("[data-lost]").forEach((line) => showLoss(line, answer.losses));
  return answer;
};

/** Why one's own outcomes lose a section or the whole, with ways to the criteria; nothing where they do not. */
function showLoss(line, losses) {
  const causes = line.dataset.lost ? losses.sections[line.dataset.lost] ?? [] : losses.whole;
  line.hidden = !causes.length;
  line.querySelector("span").replaceChildren(...causes.flatMap((id, index) => {
    const way = document.createElement("a");
    way.href = "#c-" + id;
    way.lang = "pl";
    way.textContent = document.querySelector(`#${CSS.escape("c-" + id)} h4`).textContent;
    return index ? [", ", way] : [way];
  }));
}

judging.chosen = (criterion) => {
  const own = chosen(criterion);
  const mark = criterion.querySelector("[data-changed]");
  if (mark) mark.hidden = !own || !criterion.dataset.automatic || own === criterion.dataset.automatic;
  document.getElementById("judged").textContent = criteria.filter(chosen).length;
};

function asMachine(criterion) {
  if (criterion.dataset.automatic) choose(criterion, criterion.dataset.automatic);
}

judging.key = (key, event) => {
  if (key !== "a") return;
  if (event.shiftKey) criteria.filter((criterion) => !chosen(criterion)).forEach(asMachine);
  else if (current >= 0 && criteria[current].dataset.automatic) answer(criteria[current].dataset.automatic);
  else if (current >= 0) goTo(current + 1);
};

if (writable) {
  criteria.forEach((criterion, index) => criterion.addEventListener("focusin", () => { if (current !== index) goToQuietly(index); }));
  document.getElementById("finish").addEventListener("click", once(finish));
}
document.getElementById("reopen")?.addEventListener("click", once(() => act("POST", `/api/v1/reviews/${card.dataset.review}/reopen`)));

async function act(method, address, body, next) {
  try { await call(method, address, body); goOn(next); return true; }
  catch (problem) { trouble(problem.message); return false; }
}

async function finish() {
  if (!await allSaved()) return false;
  if (!card.dataset.review) { pending.comment = document.getElementById("whole").value; if (!await allSaved()) return false; }
  try {
    await call("POST", `/api/v1/reviews/${card.dataset.review}/finish`);
    forgetTyped(card);
    goOn(card.dataset.item ? "/queue?done=1" : "");
    return true;
  } catch (problem) { unfinished(problem); return false; }
}
