/**
 * Names below `localhost` are this machine, as RFC 6761 has it and browsers and curl do it; Node.js asks
 * a resolver, which knows none. The emulator's API answers under such a name.
 */
import dns from 'node:dns';

const { lookup } = dns;
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? 'localhost' : name, ...rest);
