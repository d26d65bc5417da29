use std::{io, net::Ipv4Addr};

use tokio::net::TcpListener;

use super::{Address, BindError, Bound, Files, Io, Listen};
use crate::serve::Environment;

impl Listen for TcpListener {
    async fn accept(&self) -> io::Result<Box<dyn Io>> {
        let (stream, _) = self.accept().await?;
        // Requests and responses are small and waited for.
        stream.set_nodelay(true)?;
        Ok(Box::new(stream))
    }
}

/// Takes the first port that is free, of those that the host named.
pub(in crate::serve) async fn bind(
    environment: &Environment,
) -> Result<Bound<TcpListener>, BindError> {
    let (first, last) = (*environment.ports.start(), *environment.ports.end());
    let mut source = io::ErrorKind::InvalidInput.into();
    for port in environment.ports.clone() {
        match listen(port).await {
            Ok(bound) => return Ok(bound),
            Err(error) => source = error,
        }
    }
    Err(BindError::Ports { first, last, source })
}

async fn listen(port: u16) -> io::Result<Bound<TcpListener>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = Address { network: "tcp", text: listener.local_addr()?.to_string() };
    Ok(Bound { listener, address, files: Files::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(first: &str, last: &str) -> Environment {
        let vars = [("PLUGIN_MIN_PORT", first), ("PLUGIN_MAX_PORT", last)];
        Environment::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    #[tokio::test]
    async fn a_port_in_use_is_passed_over() {
        let first = bind(&environment("20000", "25000")).await.unwrap();
        let port = first.address.text.rsplit(':').next().unwrap();
        let second = bind(&environment(port, "25000")).await.unwrap();
        assert_ne!(first.address, second.address);
    }

    #[tokio::test]
    async fn no_port_at_all_is_an_error_that_names_them() {
        let first = bind(&environment("20000", "25000")).await.unwrap();
        let port = first.address.text.rsplit(':').next().unwrap();
        let Err(error) = bind(&environment(port, port)).await else { panic!("the port is in use") };
        let expected = format!("listen on 127.0.0.1: none of the ports {port} to {port} is free");
        assert_eq!(error.to_string(), expected);
    }
}
