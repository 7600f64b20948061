//! The product's source tree with its imports resolved: every path that a file names, as an
//! absolute path and as the path it comes from once re-exports are followed.

use crate::lexer::{Token, tokens};
use crate::references::{Reference, references};
use crate::source::{SourceFile, Violation};

/// A resolved path: of this crate (`segments` begin with the top-level module) or of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) is_local: bool,
    pub(crate) segments: Vec<String>,
}

impl Target {
    pub(crate) fn segment(&self, index: usize) -> &str {
        self.segments.get(index).map(String::as_str).unwrap_or_default()
    }

    /// The top-level module of this crate that is named, if it is a path of this crate.
    pub(crate) fn module(&self) -> Option<&str> {
        self.segments.first().filter(|_| self.is_local).map(String::as_str)
    }

    pub(crate) fn ends_with(&self, last: &[&str]) -> bool {
        let skipped = self.segments.len().checked_sub(last.len());
        skipped.is_some_and(|skipped| self.segments.iter().skip(skipped).eq(last.iter()))
    }
}

/// A product file, taken apart.
#[derive(Debug)]
pub(crate) struct ParsedFile<'a> {
    pub(crate) source: &'a SourceFile,
    pub(crate) tokens: Vec<Token>,
    pub(crate) path: Vec<String>,
    pub(crate) references: Vec<Reference>,
}

/// One path named by one file.
#[derive(Debug)]
pub(crate) struct Import<'a> {
    pub(crate) source: &'a SourceFile,
    pub(crate) reference: &'a Reference,
    /// What the path says where it stands, in full.
    pub(crate) absolute: Target,
    /// Where the item comes from, re-exports followed.
    pub(crate) origin: Target,
    /// Whether it is a facade's re-export of its own contents.
    pub(crate) is_reexport: bool,
}

impl Import<'_> {
    pub(crate) fn written(&self) -> String {
        let root = if self.absolute.is_local { "crate::" } else { "" };
        let star = if self.reference.is_glob { "::*" } else { "" };
        format!("{root}{}{star}", self.absolute.segments.join("::"))
    }

    pub(crate) fn violation(&self, found: String, rule: &str, remedy: String) -> Violation {
        let path = self.source.path.clone();
        Violation { path, line: self.reference.line, found, rule: rule.to_owned(), remedy }
    }
}

#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(crate) files: Vec<ParsedFile<'a>>,
}

impl<'a> Tree<'a> {
    /// Reads the product's files among `files`.
    pub(crate) fn new(files: &'a [SourceFile]) -> Self {
        let product = files.iter().filter(|file| file.is_product());
        let parsed = product.map(|source| {
            let tokens = tokens(&source.text);
            let references = references(&tokens);
            ParsedFile { source, tokens, path: source.module_path(), references }
        });
        Self { files: parsed.collect() }
    }

    /// Every path named anywhere, resolved.
    pub(crate) fn imports(&self) -> Vec<Import<'_>> {
        let named = self
            .files
            .iter()
            .flat_map(|file| file.references.iter().map(move |reference| (file, reference)));
        named.map(|(file, reference)| self.import(file, reference)).collect()
    }

    /// The file that defines what a path of this crate names: the longest prefix that is a file.
    pub(crate) fn file_of(&self, target: &Target) -> Option<&ParsedFile<'a>> {
        if !target.is_local {
            return None;
        }
        let prefixes = self.files.iter().filter(|file| target.segments.starts_with(&file.path));
        prefixes.max_by_key(|file| file.path.len()).filter(|file| !file.path.is_empty())
    }

    /// Whether `segments` is a module with a file or a folder of its own.
    pub(crate) fn is_module(&self, segments: &[String]) -> bool {
        self.files.iter().any(|file| file.path.starts_with(segments))
    }

    /// Whether the module's own file brings `name` into its scope, so that it may be reached through the module.
    pub(crate) fn exports(&self, module: &[String], name: &str) -> bool {
        let mut files = self.files.iter().filter(|file| file.path == module);
        files.any(|file| {
            file.references.iter().any(|each| each.is_public && each.binds.as_deref() == Some(name))
        })
    }

    fn import(&self, file: &'a ParsedFile<'_>, reference: &'a Reference) -> Import<'a> {
        let absolute = self.absolute(file, reference);
        let origin = self.origin(&absolute);
        let is_reexport =
            reference.is_public && absolute.is_local && absolute.segments.starts_with(&file.path);
        Import { source: file.source, reference, absolute, origin, is_reexport }
    }
}
