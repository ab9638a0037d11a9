//! `dutchbook token ...`: tokens for programs.

use clap::{Args, Subcommand, ValueEnum};

use super::args::parse_mode;
use crate::settings::Mode;
use crate::web::auth::{Role, role};

/// What to do with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a program; it is printed once and kept nowhere
    Create(CreateTokenArgs),
    /// Which tokens there are and were
    List(TokenArgs),
    /// Take a token back; a running service feels it within seconds
    Revoke(RevokeTokenArgs),
}

/// Whose database, and how to print.
#[derive(Clone, Debug, Args)]
pub struct TokenArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// In the database of this mode: demo, paper or live [default: the mode of the files]
    #[arg(long, value_parser = parse_mode)]
    pub mode: Option<Mode>,
}

/// Options of `token create`.
#[derive(Clone, Debug, Args)]
pub struct CreateTokenArgs {
    /// The program's name, as it will stand beside what it changes; a name is given once
    #[arg(value_name = "NAME", value_parser = parse_name)]
    pub name: String,
    /// What it may do: a viewer reads, an operator halts, orders and cancels, an admin everything
    #[arg(long, value_enum)]
    pub role: RoleArg,
    /// Ends by itself after so many days [default: when it is revoked]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=3_650))]
    pub days: Option<u16>,
    /// Where and how.
    #[command(flatten)]
    pub common: TokenArgs,
}

/// Options of `token revoke`.
#[derive(Clone, Debug, Args)]
pub struct RevokeTokenArgs {
    /// The token's name
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where and how.
    #[command(flatten)]
    pub common: TokenArgs,
}

/// A role on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Reads.
    Viewer,
    /// Halts, orders, cancels.
    Operator,
    /// Everything.
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Operator => Self::Operator,
            RoleArg::Admin => Self::Admin,
        }
    }
}

impl TokenCommand {
    /// Whose database, and how to print.
    #[must_use]
    pub const fn common(&self) -> &TokenArgs {
        match self {
            Self::Create(args) => &args.common,
            Self::List(args) => args,
            Self::Revoke(args) => &args.common,
        }
    }
}

fn parse_name(text: &str) -> Result<String, String> {
    if role::is_name(text) {
        return Ok(text.to_owned());
    }
    Err("a name is 1 to 64 letters, digits, `-`, `_` and `.`, and none of link, environment and \
         local"
        .to_owned())
}
