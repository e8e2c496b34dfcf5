/** A message with this in it is the last thing that a process with the failpoint writes. */
export const MORTAL = 'Die after the commit.';
