//! Groups: who a rule is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meta::{object, wire};
use crate::{Infra, Others};

api_client::wire_enum! {
    /// What a condition is about.
    pub enum MemberType {
        /// Virtual machines.
        VirtualMachine = "VirtualMachine",
        /// Segments, with all their ports.
        Segment = "Segment",
        /// Single ports.
        SegmentPort = "SegmentPort",
        /// Address sets.
        IpSet = "IPSet",
        /// Pods that an inventory tells of.
        Pod = "Pod",
        /// Groups.
        Group = "Group",
        /// Port groups of a VDS.
        Dvpg = "DVPG",
        /// Ports of a VDS.
        DvPort = "DVPort",
    }
}

api_client::wire_enum! {
    /// Which property a condition looks at.
    pub enum Key {
        /// A tag, written `scope|tag`.
        Tag = "Tag",
        /// The name.
        Name = "Name",
        /// The guest's operating system.
        OsName = "OSName",
        /// The guest's host name.
        ComputerName = "ComputerName",
        /// Any.
        All = "ALL",
    }
}

api_client::wire_enum! {
    /// How a condition compares.
    pub enum Operator {
        /// The same.
        Equals = "EQUALS",
        /// Contains it.
        Contains = "CONTAINS",
        /// Starts with it.
        StartsWith = "STARTSWITH",
        /// Ends with it.
        EndsWith = "ENDSWITH",
        /// Not the same.
        NotEquals = "NOTEQUALS",
        /// None of them.
        NotIn = "NOTIN",
        /// Matches the pattern.
        Matches = "MATCHES",
        /// One of them.
        In = "IN",
    }
}

api_client::wire_enum! {
    /// How a condition compares a tag's scope.
    pub enum ScopeOperator {
        /// The same.
        Equals = "EQUALS",
        /// Not the same.
        NotEquals = "NOTEQUALS",
    }
}

api_client::wire_enum! {
    /// What joins two expressions.
    pub enum Word {
        /// Either.
        Or = "OR",
        /// Both.
        And = "AND",
    }
}

object! {
    /// What groups and policies belong to: `default`, and one for each container cluster.
    pub struct Domain: "Domain" in Infra, "domains" {}
}

object! {
    /// A group. Without an expression it has no members.
    pub struct Group: "Group" in Domain, "groups" {
        /// Expressions with a conjunction between each two: an odd number.
        expression: Vec<Expression>,
        /// Kinds that it is restricted to.
        group_type: Vec<String>,
    }
}

/// What makes a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "resource_type")]
pub enum Expression {
    /// A property of something.
    Condition(Condition),
    /// Between two expressions.
    #[serde(rename = "ConjunctionOperator")]
    Conjunction(Conjunction),
    /// Expressions in parentheses.
    #[serde(rename = "NestedExpression")]
    Nested(Nested),
    /// Addresses.
    #[serde(rename = "IPAddressExpression")]
    IpAddresses(IpAddresses),
    /// Objects by policy path.
    #[serde(rename = "PathExpression")]
    Paths(Paths),
    /// What this client does not know, as it came.
    #[serde(untagged)]
    Other(Others),
}

wire! {
    /// A property of something.
    pub struct Condition {
        /// What it is about.
        member_type: MemberType,
        /// Which property.
        key: Key,
        /// How it is compared.
        operator: Operator,
        /// How a tag's scope is compared.
        scope_operator: ScopeOperator,
        /// With what; `scope|tag` for a tag.
        value: String,
    }

    /// What joins the expressions to its left and right.
    pub struct Conjunction {
        /// How.
        conjunction_operator: Word,
    }

    /// Expressions in parentheses: at most five, joined by AND, all about one kind of member.
    pub struct Nested {
        /// With a conjunction between each two.
        expressions: Vec<Expression>,
    }

    /// Addresses.
    pub struct IpAddresses {
        /// Addresses, ranges and CIDRs.
        ip_addresses: Vec<String>,
    }

    /// Objects by policy path.
    pub struct Paths {
        /// Policy paths.
        paths: Vec<String>,
    }

    /// Something that a group holds.
    pub struct GroupMember {
        /// Its name.
        display_name: String,
        /// Its id.
        id: String,
        /// Its policy path, if it has one.
        path: String,
    }
}

// === impl Expression ===

impl Expression {
    /// Whatever of that kind has this tag.
    #[must_use]
    pub fn tagged(member_type: MemberType, scope: &str, tag: &str) -> Self {
        Self::Condition(Condition {
            member_type: Some(member_type),
            key: Some(Key::Tag),
            operator: Some(Operator::Equals),
            value: Some(format!("{scope}|{tag}")),
            ..Condition::default()
        })
    }

    /// Joins what is left and right of it.
    #[must_use]
    pub fn join(word: Word) -> Self {
        let conjunction_operator = Some(word);
        Self::Conjunction(Conjunction { conjunction_operator, ..Conjunction::default() })
    }

    /// All of these, in parentheses. Nothing, if there are none: it matches nothing.
    #[must_use]
    pub fn all(conditions: Vec<Self>) -> Self {
        let expressions = Some(joined(conditions, &Word::And));
        Self::Nested(Nested { expressions, ..Nested::default() })
    }

    /// Any of these, as a group's `expression`.
    #[must_use]
    pub fn any(expressions: Vec<Self>) -> Vec<Self> {
        joined(expressions, &Word::Or)
    }

    /// These addresses, ranges and CIDRs.
    #[must_use]
    pub fn addresses(addresses: Vec<String>) -> Self {
        let ip_addresses = Some(addresses);
        Self::IpAddresses(IpAddresses { ip_addresses, ..IpAddresses::default() })
    }

    /// The objects at these policy paths.
    #[must_use]
    pub fn paths(paths: Vec<String>) -> Self {
        Self::Paths(Paths { paths: Some(paths), ..Paths::default() })
    }
}

fn joined(expressions: Vec<Expression>, word: &Word) -> Vec<Expression> {
    let mut joined = Vec::with_capacity(expressions.len() * 2);
    for expression in expressions {
        if !joined.is_empty() {
            joined.push(Expression::join(word.clone()));
        }
        joined.push(expression);
    }
    joined
}
