/** What the reader typed to be allowed to command. In memory alone: it is never stored. */
class Credentials {
  token = $state("");
}

export const credentials = new Credentials();
