//! Mail, through a mail server of the test.

use std::sync::Arc;
use std::time::Duration;

use notifiers::{Channel, Email, EmailError, EmailSettings, Encryption, Retry, SecretText};
use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::message;

/// Speaks as much SMTP as one mail needs, and answers the recipient as it was told to.
async fn serve(listener: TcpListener, to_recipient: &'static str, heard: Arc<Mutex<Vec<String>>>) {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 test").await;
    let mut in_data = false;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap() == 0 {
            return;
        }
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        let answer = match line.split_once([' ', ':']).map_or(line.as_str(), |(word, _)| word) {
            _ if in_data && line == "." => {
                in_data = false;
                "250 taken"
            }
            _ if in_data => "",
            "EHLO" => "250-test\r\n250 AUTH PLAIN",
            "AUTH" => "235 welcome",
            "RCPT" => to_recipient,
            "DATA" => {
                in_data = true;
                "354 go on"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        heard.lock().push(line);
        if !answer.is_empty() {
            say(&mut stream, answer).await;
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) {
    stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.unwrap();
}

fn settings(port: u16) -> EmailSettings {
    EmailSettings {
        host: "127.0.0.1".into(),
        port,
        encryption: Encryption::Plain,
        user: Some("ann".into()),
        password: Some(SecretText::new("hunter2")),
        from: "dutchbook <alerts@example.org>".into(),
        to: vec!["ann@example.org".into(), "Bob <bob@example.org>".into()],
        timeout: Duration::from_secs(2),
    }
}

async fn server(to_recipient: &'static str) -> (Channel, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = Arc::<Mutex<Vec<String>>>::default();
    actix_rt::spawn(serve(listener, to_recipient, Arc::clone(&heard)));
    (Channel::Email(Box::new(Email::new(&settings(port)).unwrap())), heard)
}

#[actix_rt::test]
async fn a_mail_reaches_everybody_with_one_subject_line() {
    let (channel, heard) = server("250 ok").await;
    channel.send(&message()).await.unwrap();
    let heard = heard.lock();
    let told: Vec<_> = heard.iter().filter(|line| line.starts_with("RCPT")).collect();
    assert_eq!(told, ["RCPT TO:<ann@example.org>", "RCPT TO:<bob@example.org>"]);
    assert_eq!(heard.iter().filter(|line| line.starts_with("Subject:")).count(), 1, "{heard:#?}");
    assert!(heard.iter().any(|line| line.contains("[dutchbook warning] A whale")), "{heard:#?}");
    assert!(heard.iter().any(|line| line == "Message-ID: <whale-1-5@dutchbook>"), "{heard:#?}");
}

#[actix_rt::test]
async fn a_mailbox_that_is_none_is_final_and_a_full_one_is_not() {
    let (channel, _) = server("550 no such mailbox").await;
    let error = channel.send(&message()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::Never, "{error}");
    let (channel, _) = server("452 mailbox full").await;
    let error = channel.send(&message()).await.unwrap_err();
    assert_eq!(error.retry(), Retry::Later, "{error}");
}

#[test]
fn what_cannot_be_mailed_safely_is_refused_beforehand() {
    let refused = |settings: &EmailSettings| Email::new(settings).err().unwrap();
    let good = settings(25);
    let there = EmailSettings { host: "mail.example.org".into(), ..good.clone() };
    assert_eq!(refused(&there), EmailError::InTheClear);
    assert_eq!(refused(&EmailSettings { to: vec![], ..good.clone() }), EmailError::Nobody);
    let injected = EmailSettings { from: "a@example.org>\r\nBcc: x@y.z".into(), ..good };
    assert!(matches!(refused(&injected), EmailError::Address(_)));
}
