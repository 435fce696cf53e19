// Rows of the tables: add, delete, split, join. Names are counted anew afterwards; where a row comes from stays in its hidden field.

export function tableOf(element) {
  return element.closest("table.cells");
}

export function addRow(table, after = null) {
  const body = table.tBodies[0];
  const like = body.rows[0] || blankRow(table);
  const row = like.cloneNode(true);
  for (const field of row.querySelectorAll("input, select")) {
    if (field.tagName === "SELECT") field.selectedIndex = 0;
    field.value = "";
    field.setAttribute("value", "");
    for (const name of ["page", "box", "sure", "by", "clicked"]) delete field.dataset[name];
  }
  for (const note of row.querySelectorAll(".note")) note.textContent = "";
  if (after) after.after(row);
  else body.append(row);
  renumber(table);
  (row.querySelector("td.description input:not([type=hidden])") || row.querySelector("input:not([type=hidden]), select")).focus();
  return row;
}

// A table without rows has none to copy: the server renders one.
function blankRow(table) {
  table.closest("form").requestSubmit(table.closest("form").querySelector(`button[value="add.${table.id}"]`));
  throw new Error("rendered by the server");
}

export function deleteRow(row) {
  const table = tableOf(row);
  const beside = row.nextElementSibling || row.previousElementSibling;
  if (!beside) {
    for (const field of row.querySelectorAll("input, select")) field.value = "";
    return;
  }
  row.remove();
  renumber(table);
  beside.querySelector("input:not([type=hidden]), select").focus();
}

export function splitRow(row) {
  const field = row.querySelector("td.description input:not([type=hidden])");
  const at = document.activeElement === field ? field.selectionStart : field.value.length;
  const rest = field.value.slice(at).trim();
  field.value = field.value.slice(0, at).trim();
  const made = addRow(tableOf(row), row);
  made.querySelector("td.description input:not([type=hidden])").value = rest;
}

export function joinRow(row) {
  const above = row.previousElementSibling;
  if (!above) return;
  const mine = [...row.querySelectorAll("input:not([type=hidden]), select")];
  const theirs = [...above.querySelectorAll("input:not([type=hidden]), select")];
  mine.forEach((field, n) => {
    if (field.closest("td").classList.contains("description")) theirs[n].value = `${theirs[n].value} ${field.value}`.trim();
    else if (!theirs[n].value) theirs[n].value = field.value;
  });
  const table = tableOf(row);
  row.remove();
  renumber(table);
  above.querySelector("td.description input:not([type=hidden])")?.focus();
}

export function renumber(table) {
  [...table.tBodies[0].rows].forEach((row, number) => {
    for (const field of row.querySelectorAll("[name], [data-note]")) {
      for (const name of ["name", "data-note"]) {
        const value = field.getAttribute(name);
        if (value?.startsWith(`${table.id}.`)) field.setAttribute(name, value.replace(/^(\w+)\.\d+/, `$1.${number}`));
      }
      if (field.tagName === "BUTTON") field.value = field.value.replace(/\.\d+$/, `.${number}`);
      const label = field.getAttribute("aria-label");
      if (label) field.setAttribute("aria-label", label.replace(/^(Line|Tax|Delete row|Split row|Join row) \d+/, `$1 ${number + 1}`));
    }
  });
}
