//! Mail by SMTP.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use thiserror::Error;

use crate::error::SendError;
use crate::message::{Message, cut, line};
use crate::secret::SecretText;

const SUBJECT_CHARS_MAX: usize = 150;
const TEXT_CHARS_MAX: usize = 10_000;

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte, usually port 465.
    Tls,
    /// TLS after a greeting, and never without; usually port 587.
    StartTls,
    /// None: for a mail server on this machine alone.
    Plain,
}

/// Who mails to whom, through which server.
#[derive(Clone, Debug)]
pub struct EmailSettings {
    /// The mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub encryption: Encryption,
    /// The name at the mail server; `None` where it asks for none.
    pub user: Option<String>,
    /// The password at the mail server.
    pub password: Option<SecretText>,
    /// `Name <address>` or an address.
    pub from: String,
    /// Likewise, one or more.
    pub to: Vec<String>,
    /// For the whole exchange.
    pub timeout: Duration,
}

/// Why mail cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EmailError {
    /// An address that is none.
    #[error("`{0}` is no mail address")]
    Address(String),
    /// Nobody to mail to.
    #[error("there is nobody to mail to")]
    Nobody,
    /// A password would be sent in the clear.
    #[error("a mail server without encryption must be on this machine")]
    InTheClear,
    /// TLS cannot be set up for this host.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

/// Mail to people.
#[derive(Clone)]
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
    timeout: Duration,
}

impl Email {
    /// Checks the addresses; connects when there is something to send.
    ///
    /// # Errors
    /// See [`EmailError`].
    pub fn new(settings: &EmailSettings) -> Result<Self, EmailError> {
        let from = mailbox(&settings.from)?;
        let to = settings.to.iter().map(|text| mailbox(text)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err(EmailError::Nobody);
        }
        let here = ["localhost", "127.0.0.1", "::1"].contains(&settings.host.as_str());
        if settings.encryption == Encryption::Plain && !here {
            return Err(EmailError::InTheClear);
        }
        let parameters = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| EmailError::Tls(error.to_string()))
        };
        let tls = match settings.encryption {
            Encryption::Tls => Tls::Wrapper(parameters()?),
            Encryption::StartTls => Tls::Required(parameters()?),
            Encryption::Plain => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout));
        if let (Some(user), Some(password)) = (&settings.user, &settings.password) {
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()));
        }
        Ok(Self { transport: builder.build(), from, to, timeout: settings.timeout })
    }

    pub(crate) async fn send(&self, message: &Message) -> Result<(), SendError> {
        let mail = self.mail(message)?;
        let sending = self.transport.send(mail);
        match tokio::time::timeout(self.timeout, sending).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(unsent(&error)),
            Err(_) => Err(SendError::TimedOut),
        }
    }

    fn mail(&self, message: &Message) -> Result<lettre::Message, SendError> {
        let subject = format!("[dutchbook {}] {}", message.severity, line(&message.title));
        let mut builder = lettre::Message::builder()
            .from(self.from.clone())
            .message_id(Some(format!("<{}@dutchbook>", word(&message.id))))
            .subject(cut(&subject, SUBJECT_CHARS_MAX))
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        builder
            .body(message.plain(TEXT_CHARS_MAX))
            .map_err(|error| SendError::Refused { status: 0, said: error.to_string() })
    }
}

/// Letters, digits and hyphens of a key.
fn word(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn mailbox(text: &str) -> Result<Mailbox, EmailError> {
    text.trim().parse().map_err(|_| EmailError::Address(cut(&line(text), 100)))
}

fn unsent(error: &lettre::transport::smtp::Error) -> SendError {
    let said = cut(&line(&error.to_string()), 200);
    let status = error.status().map_or(0, u16::from);
    if error.is_permanent() {
        return SendError::Refused { status, said };
    }
    if error.is_timeout() {
        return SendError::TimedOut;
    }
    if error.is_transient() {
        return SendError::Fault { status, said };
    }
    SendError::Unreachable(said)
}
