//! The one toolbox of the project.
