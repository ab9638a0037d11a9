//! What the roles of alerts say to each other.

use std::sync::Arc;

use actix::Message;
use engine::alert::{Alert, ChannelName};
use thiserror::Error;

use super::board::AlertRecord;
use crate::supervision::{Class, Msg};

/// Something came about that people may want to hear of. At the limit: left out and counted.
#[derive(Clone, Debug)]
pub struct RaiseAlert(pub Alert);
impl Message for RaiseAlert {
    type Result = ();
}
impl Msg for RaiseAlert {
    const CLASS: Class = Class::Normal;
}

/// An alert was raised, or a message of it was sent or given up. At the limit: dropped, the
/// database has it.
#[derive(Clone, Debug)]
pub struct AlertChanged(pub Arc<AlertRecord>);
impl Message for AlertChanged {
    type Result = ();
}
impl Msg for AlertChanged {
    const CLASS: Class = Class::Normal;
}

/// Send a message through this channel, to see whether it arrives. At the limit: refused; ask again.
#[derive(Clone, Debug)]
pub struct SendTest {
    /// Which.
    pub channel: ChannelName,
    /// The name of the message; the same name again is the same message.
    pub id: String,
}
impl Message for SendTest {
    type Result = Result<(), TestRefused>;
}
impl Msg for SendTest {
    const CLASS: Class = Class::Normal;
}

/// Why no message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TestRefused {
    /// It is not set up.
    #[error("the channel {0} is not set up")]
    NoChannel(ChannelName),
    /// What is sent is written down first.
    #[error("the database of the alerts does not answer")]
    StoreDown,
}
