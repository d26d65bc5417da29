//! `/lab/namespaces/{namespace}/pods|vms|services|networkpolicies`: what somebody with `kubectl`
//! has in a namespace. POST takes an ordinary object, GET shows all or one by name, DELETE takes one
//! away.

use http::Method;
use serde_json::{Value, json};

use super::manifest::{Contents, Declared};
use super::site::Site;
use super::trouble::Trouble;
use super::workload::{Kind, Origin};
use super::{network, policies, shown, tenants};
use crate::{Body, Request, Response, Tx};

/// What a namespace can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource {
    Workloads(Kind),
    Services,
    Policies,
}

/// Answers a request below `/lab/namespaces/`; none if it is about something else.
pub(crate) fn lab_api(tx: &mut Tx<'_>, request: &Request) -> Option<Response> {
    let path = request.path.strip_prefix("/lab/namespaces/")?;
    let parts: Vec<&str> = path.split('/').collect();
    let (namespace, resource, name) = match parts[..] {
        [namespace, resource] => (namespace, Resource::called(resource)?, None),
        [namespace, resource, name] => (namespace, Resource::called(resource)?, Some(name)),
        _ => return None,
    };
    let answer = match (&request.method, name) {
        (&Method::GET, None) => list(tx, namespace, resource),
        (&Method::GET, Some(name)) => show(tx, namespace, resource, name),
        (&Method::POST, None) => add(tx, namespace, resource, &request.body),
        (&Method::DELETE, Some(name)) => remove(tx, namespace, resource, name),
        _ => return None,
    };
    Some(answer.unwrap_or_else(|trouble| refusal(&trouble)))
}

impl Resource {
    /// What stands in a path.
    fn called(name: &str) -> Option<Self> {
        match name {
            "pods" => Some(Self::Workloads(Kind::Pod)),
            "vms" => Some(Self::Workloads(Kind::Vm)),
            "services" => Some(Self::Services),
            "networkpolicies" => Some(Self::Policies),
            _ => None,
        }
    }

    /// API and kind of its objects, for those that do not say.
    fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Workloads(Kind::Pod) => ("v1", "Pod"),
            Self::Workloads(Kind::Vm) => ("vmoperator.vmware.com/v1alpha3", "VirtualMachine"),
            Self::Services => ("v1", "Service"),
            Self::Policies => ("networking.k8s.io/v1", "NetworkPolicy"),
        }
    }

    /// All of a namespace, as they are shown.
    fn all(self, tx: &Tx<'_>, site: &Site) -> Vec<Value> {
        let project = &site.project;
        match self {
            Self::Workloads(kind) => {
                let all = tenants::workloads(tx, project).into_iter();
                let all = all.filter(|it| it.kind == kind);
                all.map(|it| shown::workload(site, &it)).collect()
            }
            Self::Services => {
                tenants::services(tx, project).iter().map(|it| shown::service(site, it)).collect()
            }
            Self::Policies => policies::policies(tx, project).iter().map(shown::policy).collect(),
        }
    }

    /// The one of that name.
    fn one(self, tx: &Tx<'_>, site: &Site, name: &str) -> Result<Value, Trouble> {
        let mut all = self.all(tx, site).into_iter();
        let missing = || Trouble::Missing { kind: self.kind().1, name: name.to_owned() };
        all.find(|it| it["metadata"]["name"] == name).ok_or_else(missing)
    }
}

fn list(tx: &Tx<'_>, namespace: &str, resource: Resource) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    Ok(Response::json(200, shown::list(&resource.all(tx, &site))))
}

fn show(tx: &Tx<'_>, namespace: &str, resource: Resource, name: &str) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    resource.one(tx, &site, name).map(|it| Response::json(200, it))
}

fn add(
    tx: &mut Tx<'_>,
    namespace: &str,
    resource: Resource,
    body: &Body,
) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    let contents = written(namespace, resource, body)?;
    let name = match (resource, contents) {
        (Resource::Workloads(kind), Contents { mut workloads, .. }) => {
            let new =
                workloads.pop().filter(|it| it.kind == kind).ok_or_else(|| wrong(resource))?;
            tenants::attach(tx, &site, new, Origin::Request)?.name
        }
        (Resource::Services, Contents { mut services, .. }) => {
            let new = services.pop().ok_or_else(|| wrong(resource))?;
            tenants::serve(tx, &site, new, Origin::Request)?.name
        }
        (Resource::Policies, Contents { policies: mut all, .. }) => {
            let new = all.pop().ok_or_else(|| wrong(resource))?;
            policies::enact(tx, &site, new, Origin::Request)?.name().to_owned()
        }
    };
    tenants::follow(tx, &site)?;
    resource.one(tx, &site, &name).map(|it| Response::json(201, it))
}

fn remove(
    tx: &mut Tx<'_>,
    namespace: &str,
    resource: Resource,
    name: &str,
) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    resource.one(tx, &site, name)?;
    match resource {
        Resource::Workloads(_) => tenants::detach(tx, &site, name)?,
        Resource::Services => tenants::withdraw(tx, &site, name)?,
        Resource::Policies => policies::repeal(tx, &site, name)?,
    }
    tenants::follow(tx, &site)?;
    Ok(Response::empty(204))
}

/// The object in a body. It need not say where it belongs, for the path does.
fn written(namespace: &str, resource: Resource, body: &Body) -> Result<Contents, Trouble> {
    let Body::Json(Value::Object(object)) = body else {
        return Err(Trouble::Invalid("the body is no JSON object".to_owned()));
    };
    let mut object = object.clone();
    let (api, kind) = resource.kind();
    object.entry("apiVersion").or_insert_with(|| json!(api));
    object.entry("kind").or_insert_with(|| json!(kind));
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        let given = metadata.entry("namespace").or_insert_with(|| json!(namespace));
        if *given != namespace {
            let text = format!("`metadata.namespace` is {given}, and the path has `{namespace}`");
            return Err(Trouble::Invalid(text));
        }
    }
    let text = Value::Object(object).to_string();
    let mut declared = Declared::read(&text).map_err(|why| Trouble::Invalid(why.to_string()))?;
    match declared.passed_over.pop() {
        Some(why) => Err(Trouble::Invalid(why)),
        None => Ok(declared.namespaces.remove(namespace).unwrap_or_default()),
    }
}

fn wrong(resource: Resource) -> Trouble {
    let (api, kind) = resource.kind();
    Trouble::Invalid(format!("the body is no {kind} of `{api}`"))
}

fn site(tx: &Tx<'_>, namespace: &str) -> Result<Site, Trouble> {
    network::namespace(tx, namespace)
        .and_then(|(moid, project)| Site::of(tx, &moid, project))
        .ok_or_else(|| Trouble::Missing {
            kind: "namespace with NSX networking",
            name: namespace.to_owned(),
        })
}

fn refusal(trouble: &Trouble) -> Response {
    let status = match trouble {
        Trouble::Missing { .. } => 404,
        Trouble::Invalid(_) | Trouble::Exhausted { .. } | Trouble::Refused { .. } => 400,
    };
    Response::text(status, format!("{trouble}\n"))
}
