//! `ListResource`: what there is of a type, as `terraform query` asks.

use tfplugin::v6::{list_resource, provider_server, validate_list_resource_config};
use tokio_stream::StreamExt as _;
use tonic::Request;

use super::{
    Client, answer, decode,
    identity::{Known, answered},
    known, type_of, wire,
};
use crate::{
    Value,
    testing::{
        Told,
        refusal::{Refused, demand, refused},
        value,
        write_only::write_only,
    },
};

/// How things are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Told apart, and no more.
    Identities,
    /// With what a state would hold of each.
    Objects,
}

/// What a list said and has.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// What the provider said.
    pub told: Told,
    /// What there is.
    pub found: Vec<ListedResource>,
}

/// One of what there is.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedResource {
    /// What it is called, for people.
    pub display_name: String,
    /// What tells it apart.
    pub identity: Value,
    /// What a state would hold of it; null if nobody asked, or the provider does not say.
    pub object: Value,
}

const INVALID: &str = "Provider produced an invalid list";

impl<S: provider_server::Provider> Client<S> {
    /// Lists what there is of a type, `limit` at most.
    pub async fn list(
        &self,
        address: &str,
        config: &Value,
        listing: Listing,
        limit: usize,
    ) -> Result<Listed, Refused> {
        let schemas = &self.schemas.list_resources;
        known(schemas.get(type_of(address)), "list resource", address)?;
        let with_object = listing == Listing::Objects;
        let type_name = type_of(address).to_owned();
        let count = i64::try_from(limit).unwrap_or(i64::MAX);
        let request = validate_list_resource_config::Request {
            type_name: type_name.clone(),
            config: wire(config),
            include_resource_object: wire(&with_object.into()),
            limit: wire(&count.into()),
        };
        let call = self.server.validate_list_resource_config(Request::new(request)).await;
        let mut listed = Listed { told: Told::of(&answer(call)?.diagnostics), ..Listed::default() };
        if listed.told.failed() {
            return Ok(listed);
        }
        let request = list_resource::Request {
            type_name,
            config: wire(config),
            include_resource_object: with_object,
            limit: count,
        };
        let mut events = answer(self.server.list_resource(Request::new(request)).await)?;
        while let Some(event) = events.next().await {
            let event =
                event.or_else(|status| refused("Plugin did not respond", status.message()))?;
            let told = Told::of(&event.diagnostic);
            let (failed, warned) = (told.failed(), !told.warnings.is_empty());
            listed.told = listed.told.and(told);
            if failed {
                break;
            }
            if warned && event.identity.is_none() {
                continue;
            }
            let one = self.listed(address, event, listing)?;
            listed.found.push(one);
            demand(listed.found.len() <= limit, INVALID, || {
                format!("`{address}`: {limit} were asked for, and more came")
            })?;
        }
        Ok(listed)
    }

    fn listed(
        &self,
        address: &str,
        event: list_resource::Event,
        listing: Listing,
    ) -> Result<ListedResource, Refused> {
        let resource = self.resource(address)?;
        let identity = answered(resource, event.identity.as_ref(), Known::Wholly, address)?;
        demand(!identity.is_null(), "Missing identity data in ListResource event", || {
            format!("`{address}`: {:?} cannot be told apart", event.display_name)
        })?;
        let unasked = listing == Listing::Identities && event.resource_object.is_some();
        demand(!unasked, INVALID, || format!("`{address}`: an object that nobody asked for"))?;
        let kind = resource.body.kind();
        let object = decode(&kind, event.resource_object.as_ref(), INVALID, address)?;
        value::unknown(&object, "what is there is not known").refuse(INVALID, address)?;
        write_only(&resource.body, &object).refuse(INVALID, address)?;
        Ok(ListedResource { display_name: event.display_name, identity, object })
    }
}
