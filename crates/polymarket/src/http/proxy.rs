//! Which way out: straight, through an HTTP proxy by CONNECT, or through SOCKS5.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

/// Why a text is not a proxy that we can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProxyError {
    /// Not `http`, `socks5` or `socks5h`.
    #[error("a proxy address begins with http://, socks5:// or socks5h://")]
    Scheme,
    /// No host, or no port.
    #[error("a proxy address names a host and a port, such as http://localhost:3128")]
    Address,
}

/// The way out of the house. Its texts never show the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// None.
    #[default]
    Direct,
    /// An HTTP proxy; every connection, plain or TLS, is tunnelled by `CONNECT`.
    Http {
        /// Where it listens.
        at: HostPort,
        /// What it wants to see, if anything.
        login: Option<Login>,
    },
    /// A SOCKS5 proxy, which also resolves the names.
    Socks5 {
        /// Where it listens.
        at: HostPort,
        /// What it wants to see, if anything.
        login: Option<Login>,
    },
}

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPort {
    /// Name or address, an IPv6 address without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Name and password for a proxy. Cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    name: String,
    password: String,
}

impl Login {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
    pub(crate) fn password(&self) -> &str {
        &self.password
    }
    pub(crate) fn basic(&self) -> String {
        BASE64_STANDARD.encode(format!("{}:{}", self.name, self.password))
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(hidden)")
    }
}

impl Proxy {
    /// Reads `http://[name:password@]host:port` and the same with `socks5` or `socks5h`; nothing
    /// or blanks means no proxy. `%40`-style escapes are allowed in name and password.
    ///
    /// # Errors
    /// See [`ProxyError`].
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::Direct);
        }
        let (scheme, rest) = text.split_once("://").ok_or(ProxyError::Scheme)?;
        let rest = rest.trim_end_matches('/');
        let (login, address) = match rest.rsplit_once('@') {
            Some((login, address)) => (Some(parse_login(login)?), address),
            None => (None, rest),
        };
        let at = parse_address(address)?;
        match scheme.to_ascii_lowercase().as_str() {
            "http" => Ok(Self::Http { at, login }),
            "socks5" | "socks5h" => Ok(Self::Socks5 { at, login }),
            _ => Err(ProxyError::Scheme),
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct => f.write_str("none"),
            Self::Http { at, .. } => write!(f, "http://{}:{}", at.host, at.port),
            Self::Socks5 { at, .. } => write!(f, "socks5://{}:{}", at.host, at.port),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn parse_address(text: &str) -> Result<HostPort, ProxyError> {
    let (host, port) = text.rsplit_once(':').ok_or(ProxyError::Address)?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = port.parse().map_err(|_| ProxyError::Address)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
    if host.is_empty() || port == 0 || !host.chars().all(plain) {
        return Err(ProxyError::Address);
    }
    Ok(HostPort { host: host.to_owned(), port })
}

fn parse_login(text: &str) -> Result<Login, ProxyError> {
    let (name, password) = text.split_once(':').unwrap_or((text, ""));
    Ok(Login { name: unescape(name)?, password: unescape(password)? })
}

fn unescape(text: &str) -> Result<String, ProxyError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(ProxyError::Address);
        };
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).map_err(|_| ProxyError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn proxies_are_read_as_people_write_them() {
        let at = HostPort { host: "proxy.example".into(), port: 3128 };
        assert_eq!(
            Proxy::parse("http://proxy.example:3128/"),
            Ok(Proxy::Http { at: at.clone(), login: None })
        );
        let Ok(Proxy::Socks5 { login: Some(login), at: there }) =
            Proxy::parse("socks5h://me:p%40ss:word@proxy.example:3128")
        else {
            panic!("not read");
        };
        assert_eq!((there, login.name(), login.password()), (at, "me", "p@ss:word"));
        assert_eq!(Proxy::parse("  "), Ok(Proxy::Direct));
        assert_eq!(Proxy::parse("https://proxy.example:1"), Err(ProxyError::Scheme));
        assert_eq!(Proxy::parse("proxy.example:1"), Err(ProxyError::Scheme));
        assert_eq!(Proxy::parse("http://proxy.example"), Err(ProxyError::Address));
        assert_eq!(Proxy::parse("http://a b:1"), Err(ProxyError::Address));
    }

    #[test]
    fn a_proxy_password_is_never_printed() {
        let proxy = Proxy::parse("http://me:hunter2@proxy.example:3128").unwrap();
        assert!(!format!("{proxy:?} {proxy}").contains("hunter2"));
        let Proxy::Http { login, .. } = proxy else { panic!("not HTTP") };
        assert!(!format!("{login:?}").contains("hunter2"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(http|socks5)://.{0,30}") {
            let _ = Proxy::parse(&text);
        }
    }
}
