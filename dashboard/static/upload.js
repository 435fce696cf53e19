// Files dropped on the page are handed in at once; the list shows what becomes of them.

const form = document.getElementById("upload");
const said = document.getElementById("said");
const list = document.getElementById("progress");
const bar = document.getElementById("done");

for (const name of ["dragenter", "dragover"]) {
  form.addEventListener(name, (event) => {
    event.preventDefault();
    form.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));

form.addEventListener("drop", (event) => {
  event.preventDefault();
  send(event.dataTransfer.files);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send(form.elements.file.files);
});

async function send(files) {
  if (!files.length) return;
  const body = new FormData();
  body.append("when", form.elements.when.value);
  for (const file of files) body.append("file", file);
  said.textContent = `Uploading ${files.length === 1 ? "one file" : `${files.length} files`} …`;
  const headers = { Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value };
  try {
    const answer = await fetch("/upload", { method: "POST", body, headers });
    const { problems = [], problem } = await answer.json();
    refused = problem || problems.join(" ");
    said.textContent = refused || "Taken.";
    form.elements.file.value = "";
  } catch {
    said.textContent = "The server does not answer.";
  }
  follow();
}

let begun = 0; // files whose processing this page waits for
let refused = ""; // what was not taken, and why

async function follow() {
  const answer = await fetch("/upload/progress", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const uploads = await answer.json();
  if (!uploads.length) return;
  list.replaceChildren(...uploads.map(row));
  const open = uploads.filter(({ state }) => state === "processing").length;
  if (open) begun = Math.max(begun, open);
  bar.hidden = !open;
  bar.max = begun || 1;
  bar.value = begun - open;
  if (open) {
    said.textContent = `${refused} ${open} still being processed.`.trim();
    setTimeout(follow, 1000);
  } else if (begun) {
    said.textContent = `${refused} All done.`.trim();
    begun = 0;
  }
}

const KINDS = { accepted: "accepted", review: "review", rejected: "rejected", failed: "rejected" };

function row({ name, state, note, document: id }) {
  const made = document.createElement("tr");
  for (const text of [name, state, note]) made.append(Object.assign(document.createElement("td"), { textContent: text }));
  made.children[1].className = `status ${KINDS[state] || "working"}`;
  made.children[2].className = "quiet";
  if (id) {
    const link = Object.assign(document.createElement("a"), { href: `/documents/${id}`, textContent: name });
    made.firstChild.replaceChildren(link);
  }
  return made;
}

follow();
