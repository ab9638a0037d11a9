//! Which actor runs on this thread now, for whoever writes the log.

use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static CURRENT: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// The name of the actor, or of the actor's task, that runs on this thread now.
#[must_use]
pub fn current_actor() -> Option<Arc<str>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Runs code in an actor's name. The code must not unwind.
pub(crate) fn in_the_name_of<R>(name: &Arc<str>, act: impl FnOnce() -> R) -> R {
    let outer = CURRENT.replace(Some(Arc::clone(name)));
    let done = act();
    CURRENT.set(outer);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_holds_as_long_as_its_code_runs_and_the_outer_one_comes_back() {
        let (outer, inner): (Arc<str>, Arc<str>) = ("books".into(), "keeper".into());
        assert_eq!(current_actor(), None);
        in_the_name_of(&outer, || {
            in_the_name_of(&inner, || assert_eq!(current_actor().as_deref(), Some("keeper")));
            assert_eq!(current_actor().as_deref(), Some("books"));
        });
        assert_eq!(current_actor(), None);
    }
}
