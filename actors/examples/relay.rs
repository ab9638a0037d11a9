//! A relay of four stages under a supervision tree: the smallest program that shows start, restart,
//! escalation and drained shutdown. The process tests run it too.
//!
//! `cargo run -p actors --example relay -- [steady|crash-loop|frozen|never-stops]`, then Ctrl-C, or
//! type `kill NAME`.
#![expect(clippy::print_stdout, reason = "a program for people and tests to watch")]

use std::time::Duration;

use actix::{Actor, AsyncContext, Context, Handler, Message, WrapFuture};
use actors::supervision::{
    ActorRef, ChildSpec, Class, Handle, Intensity, Life, Msg, Placement, RootOptions, Shutdown,
    Strategy, SupervisorSpec, run,
};

/// Passes numbers on; the first stage makes them up.
struct Stage {
    name: &'static str,
    next: Option<Handle<Parcel>>,
    makes: bool,
    last_number: u64,
}

#[derive(Message)]
#[rtype(result = "()")]
struct Parcel(u64);

impl Msg for Parcel {
    const CLASS: Class = Class::Critical;
}

impl Stage {
    fn pass_on(&mut self, number: u64) {
        self.last_number = number;
        if let Some(next) = &self.next
            && let Err(error) = next.tell(Parcel(number))
        {
            println!("{} could not pass on {number}: {error}", self.name);
        }
    }
}

impl Actor for Stage {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        println!("start {}", self.name);
        if self.makes {
            ctx.run_interval(Duration::from_millis(1), |stage, _| {
                stage.pass_on(stage.last_number + 1);
            });
        }
    }

    fn stopped(&mut self, _: &mut Context<Self>) {
        println!("stop {} {}", self.name, self.last_number);
    }
}

impl Handler<Parcel> for Stage {
    type Result = ();

    fn handle(&mut self, Parcel(number): Parcel, _: &mut Context<Self>) {
        self.pass_on(number);
    }
}

fn stage(
    name: &'static str,
    next: Option<&ActorRef<Stage>>,
    placement: Placement,
) -> (ChildSpec, ActorRef<Stage>) {
    let next = next.map(ActorRef::handle);
    let makes = name == "source";
    ChildSpec::actor(name, move |_, _: &Life<Stage>| Stage {
        name,
        next: next.clone(),
        makes,
        last_number: 0,
    })
    .placement(placement)
    .shutdown(Shutdown::Drain(Duration::from_secs(5)))
    .build()
}

/// What goes wrong, on request.
#[derive(Clone, Copy, PartialEq)]
enum Trouble {
    CrashLoop,
    Frozen,
    NeverStops,
}

impl Actor for Trouble {
    type Context = Context<Self>;

    #[expect(clippy::panic, clippy::disallowed_methods, reason = "going wrong is its purpose")]
    fn started(&mut self, ctx: &mut Context<Self>) {
        let soon = Duration::from_millis(20);
        let ever = Duration::from_secs(3600);
        match self {
            Trouble::CrashLoop => {
                ctx.run_later(soon, |_, _| panic!("cannot go on"));
            }
            Trouble::Frozen => {
                ctx.run_later(soon, move |_, _| std::thread::sleep(ever));
            }
            Trouble::NeverStops => ctx.wait(tokio::time::sleep(ever).into_actor(self)),
        }
    }
}

fn trouble(mode: Trouble) -> ChildSpec {
    let (child, _) = ChildSpec::actor("trouble", move |_, _: &Life<Trouble>| mode)
        .shutdown(Shutdown::Infinity)
        .build();
    child
}

fn main() {
    let trouble = match std::env::args().nth(1).as_deref() {
        Some("crash-loop") => Some(trouble(Trouble::CrashLoop)),
        Some("frozen") => Some(trouble(Trouble::Frozen)),
        Some("never-stops") => Some(trouble(Trouble::NeverStops)),
        _ => None,
    };
    let (sink, to_sink) = stage("sink", None, Placement::Dedicated);
    let (filter, to_filter) = stage("filter", Some(&to_sink), Placement::Inherit);
    let (buffer, to_buffer) = stage("buffer", Some(&to_filter), Placement::Dedicated);
    let (source, _) = stage("source", Some(&to_buffer), Placement::Dedicated);
    let relay = SupervisorSpec::new("relay", Strategy::RestForOne)
        .child(sink)
        .child(filter)
        .child(buffer)
        .child(source);
    let (relay, _) = ChildSpec::supervisor(relay, Placement::Inherit);
    let mut root = SupervisorSpec::new("root", Strategy::OneForOne).child(relay);
    if let Some(trouble) = trouble {
        // a level of its own, so that it takes two to escalate
        let Intensity { max, within } = Intensity::default();
        let inner = SupervisorSpec::new("inner", Strategy::OneForOne).intensity(max, within);
        let (inner, _) = ChildSpec::supervisor(inner.child(trouble), Placement::Inherit);
        root = root.child(inner);
    }
    let options = RootOptions { thread_deadline: Duration::from_secs(1), ..RootOptions::default() };
    let code = run(root, options, |running| {
        let tree = running.tree.clone();
        running.tree.on_event(|event| {
            println!("{}", serde_json::to_string(event).unwrap_or_default());
        });
        std::thread::spawn(move || {
            for line in std::io::stdin().lines().map_while(Result::ok) {
                if let Some(name) = line.strip_prefix("kill ") {
                    println!("kill {name}: {}", tree.kill(name));
                }
            }
        });
    });
    std::process::exit(code);
}
