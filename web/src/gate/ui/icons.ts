// Shapes beside the words: told apart without colour. 24 by 24, stroked.
export const icons = {
  yes: 'M4 12.5l5.5 5.5L20 7',
  no: 'M6 6l12 12M18 6L6 18',
  phone: 'M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2',
  again: 'M4 12a8 8 0 1 0 2.5-5.8M4 4v5h5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0',
  out: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  in: 'M10 4H5v16h5M20 12H10M14 8l-4 4 4 4',
  menu: 'M4 6h16M4 12h16M4 18h16',
  alarm: 'M12 3L2 20h20L12 3zM12 10v4M12 17v.5',
  torch: 'M8 3h8l-2 6v12h-4V9L8 3zM12 12v2',
  back: 'M15 5l-7 7 7 7',
  key: 'M4 7h16v10H4zM8 11h.01M12 11h.01M16 11h.01M8 14h8',
  door: 'M6 21V3h12v18M4 21h16M14 12h.01',
  pen: 'M4 20h4L19 9l-4-4L4 16v4z',
  car: 'M3 16v-4l2-5h14l2 5v4H3zM3 12h18M7 16v3M17 16v3',
  shift: 'M4 8h13l-3-3M20 16H7l3 3',
} as const

export type IconName = keyof typeof icons
