// The colours of src/token/day_word.cpp, as grounds for the day's word in white.
export const day_colours: Record<string, string> = {
  blue: '#1f5fbf',
  purple: '#7a3fa0',
  orange: '#b55400',
  brown: '#7a4a21',
  pink: '#c2337a',
  teal: '#00767a',
  grey: '#5f6368',
  black: '#1a1a1a',
}
