/**
 * What the reader typed to be allowed to command, for a service from before sessions. In memory alone: it is
 * never stored.
 */
class Credentials {
  token = $state("");
}

export const credentials = new Credentials();
