//! What somebody does, and what is said of it.

use serde_json::Value as Json;

/// One change of a rule base, and the verdict after it.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) what: String,
    pub(super) deeds: Vec<Deed>,
    pub(super) then: Then,
    /// The namespace that is judged.
    pub(super) namespace: &'static str,
    /// What is accepted beside what NCP opens for the platform.
    pub(super) accept: Vec<String>,
}

/// What somebody does.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    /// Writes an object, as NSX's administrator.
    Put(String, Json),
    /// Writes some fields of one that is there.
    Patch(String, Json),
    /// Has NSX hold fields that the lab's would not take, such as those of a later release.
    Hold(String, Json),
    /// Has NSX raise an alarm about what is at a path.
    Alarm(String, &'static str),
    /// Has objects in Kubernetes.
    Declare(String),
}

/// What the verdict is, and what it has to tell: parts of the lines.
#[derive(Clone, Debug)]
pub(super) enum Then {
    Closed,
    /// Closed, but for this that was asked for.
    ClosedBut(&'static str),
    /// Open by this.
    Open(&'static str),
    /// Open by this perhaps, for that reason.
    Doubtful(&'static str, &'static str),
    /// Closed as far as can be seen, but for that reason nobody knows.
    Unprovable(&'static str),
}

impl Case {
    pub(super) fn of(
        what: impl Into<String>,
        deeds: impl IntoIterator<Item = Deed>,
        then: Then,
    ) -> Self {
        let deeds = deeds.into_iter().collect();
        Self { what: what.into(), deeds, then, namespace: "banking", accept: Vec::new() }
    }

    /// The same of the other namespace, whose guardrail jumps for HTTPS from one network.
    pub(super) fn of_trading(self) -> Self {
        Self { namespace: "trading", ..self }
    }

    pub(super) fn accepting(self, path: &str) -> Self {
        Self { accept: vec![path.to_owned()], ..self }
    }

    /// The same, as it is told of.
    pub(super) fn under(self, what: &str) -> Self {
        Self { what: format!("{what}… {}", self.what), ..self }
    }

    /// What is not as it should be, of what the data source says; none if all is.
    pub(super) fn breach(&self, found: &Json) -> Option<String> {
        let (verdict, lists): (&str, Vec<(&str, &str)>) = match self.then {
            Then::Closed => ("closed", vec![]),
            Then::ClosedBut(opening) => ("closed", vec![("openings", opening)]),
            Then::Open(opening) => ("open", vec![("opened_by", opening)]),
            Then::Doubtful(opening, doubt) => {
                ("doubtful", vec![("opened_by", opening), ("doubts", doubt)])
            }
            Then::Unprovable(doubt) => ("doubtful", vec![("doubts", doubt)]),
        };
        let is_closed = verdict == "closed";
        let is_told = |(list, part): &(&str, &str)| {
            let lines = found[*list].as_array().into_iter().flatten().filter_map(Json::as_str);
            lines.into_iter().any(|it| it.contains(part))
        };
        let is_bare = !is_closed || found["opened_by"].as_array().is_some_and(Vec::is_empty);
        let is_right = found["verdict"] == verdict
            && found["isolated"] == is_closed
            && is_bare
            && lists.iter().all(is_told);
        (!is_right).then(|| {
            let Self { what, then, .. } = self;
            let said = ["verdict", "opened_by", "doubts", "openings"].map(|it| &found[it]);
            format!("{what}: should be {then:?}, and is {said:#?}")
        })
    }
}
