//! A simulated Polymarket served on the real wire protocol.
