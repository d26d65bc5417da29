//! `supervisor_vm_class`: a VM class by name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Error, Required};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    said,
};

/// A class of virtual machines that namespaces may be given.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Name, which is its id.
    pub id: Computed<String>,

    /// Name in vCenter.
    #[schemars(length(min = 1))]
    pub name: Required<String>,

    /// Virtual processors.
    pub cpu_count: Computed<u32>,

    /// Memory, in MiB.
    pub memory_mib: Computed<u64>,

    /// Part of the processors that is reserved, in percent; null if none is.
    pub cpu_reservation_percent: Computed<u32>,

    /// Part of the memory that is reserved, in percent; null if none is.
    pub memory_reservation_percent: Computed<u32>,
}

/// The data source.
#[derive(Debug)]
pub struct VmClass;

impl DataSource for VmClass {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_vm_class";

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let all = clients::vcenter(cx)?.inventory().vm_classes().await;
        let all = all.map_err(|why| said::told("list the VM classes", &why))?;
        let kind = Kind {
            server: "vCenter",
            one: "VM class",
            many: "VM classes",
            tell_apart: "names are unique",
        };
        let found = by_name::only(
            kind,
            config.name.get()?,
            all,
            |it| it.id.as_str(),
            |it| it.id.to_string(),
        )?;
        Ok(Model {
            id: found.id.to_string().into(),
            cpu_count: found.cpu_count.into(),
            memory_mib: found.memory.into(),
            cpu_reservation_percent: found.cpu_reservation.into(),
            memory_reservation_percent: found.memory_reservation.into(),
            ..config
        })
    }
}
