// Whole numbers of a command line.
export function numberOf(text: string, least = 1): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new Error(
      `${text} is not a whole number of at least ${least}; --help tells the options.`,
    );
  return value;
}
