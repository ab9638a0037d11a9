//! A value that one role writes and others read, and that outlives the incarnations of both.

use std::sync::Arc;

use parking_lot::RwLock;

/// The newest version of a value. Reading is a reference count; writing replaces the whole value,
/// so a reader never sees half of a change. A role that restarts finds here what it needs.
#[derive(Debug)]
pub struct Shared<T>(Arc<RwLock<Arc<T>>>);

impl<T> Shared<T> {
    /// With a first value.
    pub fn new(value: T) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(value))))
    }
    /// The newest value.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        Arc::clone(&self.0.read())
    }
    /// Replaces the value.
    pub fn set(&self, value: Arc<T>) {
        *self.0.write() = value;
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Default> Default for Shared<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}
