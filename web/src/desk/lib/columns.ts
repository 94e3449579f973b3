// Which columns of a list are shown, kept in this browser for each list. The table says which there are, the
// button beside it changes the choice, and the export takes the same.
import { reactive } from 'vue'

export interface Column {
  key: string
  label: string
  align?: 'end'
  nowrap?: boolean
  hide_label?: boolean // the header is read out but not drawn: a column of buttons, always there
  export?: readonly string[] // what the export calls it; the key when absent
}

export interface ColumnChoice {
  known: readonly Column[]
  hidden: string[]
  export_all: boolean
}

const storage_key = (list: string): string => `shouwang.columns.${list}`

export function stored_choice(text: string | null): Pick<ColumnChoice, 'hidden' | 'export_all'> {
  try {
    const kept: unknown = JSON.parse(text ?? '')
    if (typeof kept === 'object' && kept !== null && 'hidden' in kept && Array.isArray(kept.hidden))
      return {
        hidden: kept.hidden.filter((key): key is string => typeof key === 'string'),
        export_all: 'export_all' in kept && kept.export_all === true,
      }
  } catch {
    // Nothing kept, or nothing that can be read: all columns.
  }
  return { hidden: [], export_all: false }
}

const choices = new Map<string, ColumnChoice>()

export function column_choice(list: string): ColumnChoice {
  let choice = choices.get(list)
  if (!choice) {
    choice = reactive({ known: [], ...stored_choice(localStorage.getItem(storage_key(list))) })
    choices.set(list, choice)
  }
  return choice
}

/** Columns that can be chosen: those with a header of their own. */
export const choosable = (columns: readonly Column[]): Column[] =>
  columns.filter((column) => !column.hide_label)

/** A choice that would leave nothing shows everything: columns may have other names since it was made. */
export function shown_columns(columns: readonly Column[], hidden: readonly string[]): readonly Column[] {
  const left = columns.filter((column) => column.hide_label || !hidden.includes(column.key))
  return choosable(left).length > 0 ? left : columns
}

function keep(list: string): void {
  const { hidden, export_all } = column_choice(list)
  if (hidden.length === 0 && !export_all) localStorage.removeItem(storage_key(list))
  else localStorage.setItem(storage_key(list), JSON.stringify({ hidden, export_all }))
}

export function show_column(list: string, key: string, shown: boolean): void {
  const choice = column_choice(list)
  choice.hidden = choice.hidden.filter((other) => other !== key)
  if (!shown) choice.hidden.push(key)
  keep(list)
}

export function set_export_all(list: string, all: boolean): void {
  column_choice(list).export_all = all
  keep(list)
}

export function reset_columns(list: string): void {
  Object.assign(column_choice(list), { hidden: [], export_all: false })
  keep(list)
}

/** For the export: names in the order shown; undefined, which is all, when so chosen or nothing was shown yet. */
export function exported_columns(list: string): string | undefined {
  const { known, hidden, export_all } = column_choice(list)
  if (export_all || known.length === 0) return undefined
  return choosable(shown_columns(known, hidden))
    .flatMap((column) => column.export ?? [column.key])
    .join(',')
}
