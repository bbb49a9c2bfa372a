"use strict";
// Deciding a dispute: only a decision that overturns the outcome asks for a new one.

const decision = document.getElementById("decision");
const becomes = document.getElementById("becomes");

function offer() {
  const overturns = ["accepted", "partly"].includes(decision.querySelector("[name=status]:checked")?.value);
  becomes.hidden = !overturns;
  becomes.querySelectorAll("input").forEach((radio) => { radio.disabled = !overturns; radio.required = overturns; });
}

decision?.addEventListener("change", offer);
if (decision) offer();
