"use strict";
// Blind judging in a calibration: every saving replaces the draft as a whole.

const address = `/api/v1/calibrations/${card.dataset.calibration}/judgement?conversation=${encodeURIComponent(card.dataset.conversation)}`;

const judged = () => Object.fromEntries(criteria.map((criterion) => [
  criterion.dataset.criterion,
  { outcome: chosen(criterion), comment: criterion.querySelector("[data-comment]").value },
]));

const keep = (finish) => call("PUT", address, {
  criteria: judged(), comment: document.getElementById("whole").value, version: Number(card.dataset.version), finish,
});

function count() {
  const left = document.getElementById("left");
  left.textContent = criteria.filter((criterion) => !chosen(criterion)).length;
}

judging.send = async () => {
  const answer = await keep(false);
  count();
  return answer;
};

async function finish() {
  const missing = criteria.findIndex((criterion) => !chosen(criterion));
  if (missing >= 0) goTo(missing);
  if (!await save()) return;
  try {
    await keep(true);
    forgetTyped(card);
    location.assign(card.dataset.next);
  } catch (problem) {
    trouble(problem.message);
    tell(problem.message); // the place of the message may be scrolled away
  }
}

if (writable) {
  document.getElementById("finish").addEventListener("click", finish);
  criteria.forEach((criterion) => criterion.addEventListener("change", count));
  count();
}
