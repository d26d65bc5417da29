//! The two contracts, and what can be looked up in them.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::LazyLock;

use flate2::read::DeflateDecoder;

use crate::model::{Field, Operation, Raw, RawStructure, Union};
use crate::operations::Index;

static VCENTER: LazyLock<Contract> =
    LazyLock::new(|| Contract::read(include_bytes!(concat!(env!("OUT_DIR"), "/vcenter.deflate"))));
static NSX: LazyLock<Contract> = LazyLock::new(|| {
    Contract::read(include_bytes!(concat!(env!("OUT_DIR"), "/nsx_policy.deflate")))
});

/// The vCenter REST API below `/api`; parsed on first use.
#[must_use]
pub fn vcenter() -> &'static Contract {
    &VCENTER
}

/// The NSX Policy API below `/policy/api/v1`, and what there is of `/api/v1`; parsed on first use.
#[must_use]
pub fn nsx() -> &'static Contract {
    &NSX
}

/// An API as its vendor's bindings know it.
#[derive(Debug)]
pub struct Contract {
    operations: BTreeMap<String, Operation>,
    structures: BTreeMap<String, RawStructure>,
    enums: BTreeMap<String, Vec<String>>,
    subtypes: BTreeMap<String, BTreeMap<String, String>>,
    statuses: BTreeMap<String, u16>,
    index: Index,
}

/// A structure with the fields of its bases.
#[derive(Clone, Debug)]
pub struct Structure<'a> {
    /// Its name in the contract.
    pub name: &'a str,
    /// Fields by name on the wire.
    pub fields: BTreeMap<&'a str, &'a Field>,
    /// Fields of which the contract knows the name alone.
    pub untyped_fields: &'a [String],
    /// Fields with a constant value, such as `resource_type`.
    pub discriminator: BTreeMap<&'a str, &'a str>,
    /// Unions by tag field.
    pub unions: &'a BTreeMap<String, Union>,
}

impl Contract {
    fn read(compressed: &[u8]) -> Self {
        let mut text = String::new();
        let read = DeflateDecoder::new(compressed).read_to_string(&mut text);
        read.expect("the embedded contract is compressed");
        let mut raw: Raw = serde_json::from_str(&text).expect("the embedded contract is valid");
        for (id, operation) in &mut raw.operations {
            operation.id.clone_from(id);
        }
        let enums = raw.enums.into_iter().map(|(name, e)| (name, e.values)).collect();
        Self {
            index: Index::new(&raw.operations),
            operations: raw.operations,
            structures: raw.structs,
            enums,
            subtypes: raw.subtypes,
            statuses: raw.error_http_status,
        }
    }

    /// Every operation, in the order of the ids.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    /// The operation of that id, such as `com.vmware.vcenter.namespaces.instances.create_v2`.
    #[must_use]
    pub fn operation_by_id(&self, id: &str) -> Option<&Operation> {
        self.operations.get(id)
    }

    /// The operation that answers this request. `path` is concrete and not percent-encoded in its
    /// literal parts; `query` holds decoded pairs. Where several fit, the one with the most literal
    /// segments wins, then the one whose constant query is there.
    #[must_use]
    pub fn operation(
        &self,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Option<&Operation> {
        let id = self.index.find(&self.operations, method, path, query)?;
        self.operations.get(id)
    }

    /// Whether any operation, of whatever verb, has this path. vCenter answers 404 to an unknown
    /// path before it asks for a session.
    #[must_use]
    pub fn knows_path(&self, path: &str) -> bool {
        self.index.knows(&self.operations, path)
    }

    /// The structure of that name, with the fields of its bases overlaid by its own.
    #[must_use]
    pub fn structure(&self, name: &str) -> Option<Structure<'_>> {
        let (name, own) = self.structures.get_key_value(name)?;
        let base = own.extends.as_ref().and_then(|base| self.structure(base));
        let mut found = base.unwrap_or_else(|| Structure {
            name,
            fields: BTreeMap::new(),
            untyped_fields: &[],
            discriminator: BTreeMap::new(),
            unions: &own.unions,
        });
        found.name = name;
        found.unions = &own.unions;
        found.untyped_fields = &own.untyped_fields;
        found.fields.extend(own.fields.iter().map(|(name, field)| (name.as_str(), field)));
        found.discriminator.extend(own.discriminator.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        Some(found)
    }

    /// The values of that enumeration, in the vendor's order.
    #[must_use]
    pub fn enum_values(&self, name: &str) -> Option<&[String]> {
        self.enums.get(name).map(Vec::as_slice)
    }

    /// The structures that may stand for a base, by value of `resource_type`.
    #[must_use]
    pub fn subtypes(&self, base: &str) -> Option<&BTreeMap<String, String>> {
        self.subtypes.get(base)
    }

    /// Status that carries a standard error of vCenter, such as `NotFound`.
    #[must_use]
    pub fn error_status(&self, error: &str) -> Option<u16> {
        self.statuses.get(error).copied()
    }
}
