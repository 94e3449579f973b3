// Reading an imported workbook: which cells are wrong, which fields are still free.
import type { Import, ImportIssue, ImportRow, RowStatus } from '../api/types'

/** The row's issues by column; those of the whole row under -1. */
export function issues_by_column(row: ImportRow): Map<number, ImportIssue[]> {
  const by_column = new Map<number, ImportIssue[]>()
  for (const issue of row.issues) {
    const column = issue.column ?? -1
    by_column.set(column, [...(by_column.get(column) ?? []), issue])
  }
  return by_column
}

export function status_tone(status: RowStatus): 'plain' | 'good' | 'warn' | 'bad' | 'brand' {
  const tones = {
    new: 'good',
    changed: 'brand',
    doubtful: 'warn',
    wrong: 'bad',
    duplicate: 'warn',
    unchanged: 'plain',
  }
  return tones[status] as 'plain'
}

/** 0, 1, … 25, 26 as A, B, … Z, AA: the way the workbook names its columns. */
export function column_letter(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : column_letter(Math.floor(index / 26) - 1) + last
}

/** One field belongs to one column: choosing it takes it from the column that had it. */
export function map_column(
  columns: Import['columns'],
  index: number,
  field: string | null,
): { index: number; field: string | null }[] {
  return columns.map((column) => {
    if (column.index === index) return { index, field }
    return { index: column.index, field: field !== null && column.field === field ? null : column.field }
  })
}

/** Rows the commit will take over. */
export const rows_to_write = (record: Import): number => record.new + record.changed

/** Shown first: what a person has to look at. */
export function first_tab(record: Import): RowStatus {
  const order: RowStatus[] = ['wrong', 'doubtful', 'changed', 'new', 'duplicate', 'unchanged']
  return order.find((status) => record[status] > 0) ?? 'new'
}
