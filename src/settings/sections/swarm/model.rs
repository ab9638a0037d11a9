//! One model, as one line of the settings says it.

use std::collections::BTreeSet;

use domain::Usd;
use engine::forecast::MemberName;
use forecasters::{Endpoint, Tariff, TokenLimit};

use super::super::super::reader::Reader;

/// The simulated models of the demo stand for an address with this name.
pub(crate) const SIMULATED: &str = "sim";
const MEMBERS_MAX: usize = 20;

/// One model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelSetting {
    /// As people name it.
    pub name: MemberName,
    /// Everything before `/chat/completions`; `sim` for a simulated model of the demo.
    pub base_url: String,
    /// The provider's name of the model.
    pub model: String,
    /// The variable that holds its key; `None` where the server wants none.
    pub key_variable: Option<String>,
    /// Under which name the provider takes the limit of an answer.
    pub token_limit: TokenLimit,
    /// What it costs.
    pub tariff: Tariff,
}

/// Every line of the list; what is wrong with one is told with its words.
pub(super) fn read(reader: &mut Reader<'_>, key: &str) -> Vec<ModelSetting> {
    let lines = reader.list(key);
    if lines.len() > MEMBERS_MAX {
        reader.refuse(key, format!("has {} models; {MEMBERS_MAX} are enough.", lines.len()));
    }
    let (mut models, mut names) = (Vec::new(), BTreeSet::new());
    for line in lines {
        match parse(&line) {
            Ok(model) if names.insert(model.name.clone()) => models.push(model),
            Ok(model) => reader.refuse(key, format!("names {} twice.", model.name)),
            Err(why) => reader.refuse(key, format!("`{line}`: {why}")),
        }
    }
    models
}

fn parse(line: &str) -> Result<ModelSetting, String> {
    let mut words = line.split_whitespace();
    let name = words.next().unwrap_or_default();
    let name = MemberName::new(name).map_err(|error| format!("{error}."))?;
    let known = known(name.as_str());
    let (mut base_url, mut token_limit) =
        known.map_or((None, TokenLimit::MaxTokens), |(url, limit)| (Some(url.to_owned()), limit));
    let (mut model, mut key_variable, mut tariff) = (None, None, Tariff::default());
    for word in words {
        let (field, value) = word
            .split_once('=')
            .ok_or_else(|| format!("`{word}` is not written as FIELD=VALUE."))?;
        match field {
            "base" => base_url = Some(value.to_owned()),
            "model" => model = Some(value.to_owned()),
            "key" => key_variable = Some(variable(value)?),
            "in" => tariff.prompt_usd_per_million = dollars(value)?,
            "out" => tariff.completion_usd_per_million = dollars(value)?,
            "limit" => token_limit = limit(value)?,
            _ => {
                return Err(format!(
                    "there is no field `{field}`; there are base, model, key, in, out and limit."
                ));
            }
        }
    }
    let base_url = base_url.ok_or(
        "base= is missing: the address before /chat/completions, such as \
         base=http://127.0.0.1:11434/v1.",
    )?;
    let model = model.filter(|model| !model.is_empty());
    let model = model.ok_or("model= is missing: the provider's name of the model.")?;
    let setting = ModelSetting { name, base_url, model, key_variable, token_limit, tariff };
    if setting.base_url != SIMULATED {
        let endpoint = Endpoint {
            base_url: setting.base_url.clone(),
            model: setting.model.clone(),
            key: forecasters::ApiKey::default(),
            token_limit,
        };
        endpoint.check().map_err(|error| format!("{error}."))?;
    }
    Ok(setting)
}

/// The addresses of the three that everybody knows.
fn known(name: &str) -> Option<(&'static str, TokenLimit)> {
    match name {
        "openai" => Some((Endpoint::OPENAI, TokenLimit::MaxCompletionTokens)),
        "anthropic" => Some((Endpoint::ANTHROPIC, TokenLimit::MaxTokens)),
        "google" => Some((Endpoint::GOOGLE, TokenLimit::MaxTokens)),
        _ => None,
    }
}

/// A key's own variable: nobody means to send a database's password to a model.
fn variable(name: &str) -> Result<String, String> {
    let is_name =
        name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let is_key = ["_KEY", "_TOKEN"].iter().any(|end| name.ends_with(end));
    if is_name && is_key && !name.starts_with("DUTCHBOOK_") && name != "RELAYER_API_KEY" {
        return Ok(name.to_owned());
    }
    Err(format!(
        "key={name} is no variable of a model's key: capital letters that end in _KEY or _TOKEN. \
         The key itself does not stand here."
    ))
}

fn dollars(text: &str) -> Result<Usd, String> {
    let usd =
        Usd::parse(text).ok().filter(|usd| *usd >= Usd::ZERO && *usd <= Usd::from_whole(10_000));
    usd.ok_or_else(|| format!("`{text}` is no price: dollars for a million tokens, 0 to 10000."))
}

fn limit(text: &str) -> Result<TokenLimit, String> {
    match text {
        "max_tokens" => Ok(TokenLimit::MaxTokens),
        "max_completion_tokens" => Ok(TokenLimit::MaxCompletionTokens),
        _ => Err(format!("limit={text} is neither max_tokens nor max_completion_tokens.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_name_needs_no_address_and_any_other_does() {
        let model = parse("openai model=gpt-x key=OPENAI_API_KEY in=0.25 out=2").unwrap();
        assert_eq!(model.base_url, Endpoint::OPENAI);
        assert_eq!(model.token_limit, TokenLimit::MaxCompletionTokens);
        assert_eq!(model.tariff.prompt_usd_per_million, Usd::from_micros(250_000));
        let local = parse("llama base=http://127.0.0.1:11434/v1 model=llama3.1").unwrap();
        assert_eq!((local.key_variable, local.tariff), (None, Tariff::default()));
        assert!(parse("llama model=llama3.1").unwrap_err().contains("base= is missing"));
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said_in_words() {
        for (line, want) in [
            ("openai", "model= is missing"),
            ("openai model", "FIELD=VALUE"),
            ("openai model=x color=red", "no field `color`"),
            ("openai model=x in=-1", "is no price"),
            ("openai model=x limit=tokens", "neither"),
            ("ex base=ftp://x model=y", "not an address"),
            ("bad,name model=x", "a member's name"),
        ] {
            let why = parse(line).unwrap_err();
            assert!(why.contains(want), "{line}: {why}");
        }
    }

    #[test]
    fn the_key_itself_and_other_secrets_are_not_taken_for_a_variable() {
        for name in
            ["sk-abcdef", "DATABASE_URL", "DUTCHBOOK_PRIVATE_KEY", "RELAYER_API_KEY", "_key"]
        {
            assert!(parse(&format!("openai model=x key={name}")).is_err(), "{name}");
        }
        let other = parse("openai model=x key=WORK_OPENAI_API_KEY").unwrap();
        assert_eq!(other.key_variable.as_deref(), Some("WORK_OPENAI_API_KEY"));
    }
}
