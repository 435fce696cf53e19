// Files dropped on the page are handed in at once; the list shows what becomes of them.

const form = document.getElementById("upload");
const said = document.getElementById("said");
const list = document.getElementById("progress");

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
  said.textContent = `Handing in ${files.length} file(s) …`;
  const headers = { Accept: "application/json", "X-CSRF-Token": form.elements.csrf.value };
  try {
    const answer = await fetch("/upload", { method: "POST", body, headers });
    const { problems = [], problem } = await answer.json();
    said.textContent = problem || problems.join(" ") || "Taken.";
    form.elements.file.value = "";
  } catch {
    said.textContent = "The server does not answer.";
  }
  follow();
}

async function follow() {
  const answer = await fetch("/upload/progress", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const uploads = await answer.json();
  list.replaceChildren(...uploads.map(row));
  if (uploads.some(({ state }) => state === "processing")) setTimeout(follow, 1000);
}

function row({ name, state, note, document: id }) {
  const made = document.createElement("tr");
  for (const text of [name, state, note]) made.append(Object.assign(document.createElement("td"), { textContent: text }));
  if (id) {
    const link = Object.assign(document.createElement("a"), { href: `/documents/${id}`, textContent: name });
    made.firstChild.replaceChildren(link);
  }
  return made;
}

follow();
