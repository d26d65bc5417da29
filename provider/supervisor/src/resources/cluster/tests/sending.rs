//! What vCenter is sent to make a Supervisor.

use expect_test::expect;

use super::{planned, sent, with_nsx, with_port_groups};
use crate::resources::{
    cluster::{enable_v1, enable_v2, model::Model, text::LibraryUuid},
    given,
};

#[test]
fn vcenter_7_is_sent_a_whole_supervisor() {
    let spec =
        enable_v1::spec(&planned(&given::model(&with_nsx())), &"7.0.3".parse().unwrap()).unwrap();
    sent(
        &spec,
        &expect![[r#"
        {
          "size_hint": "SMALL",
          "service_cidr": {
            "address": "10.96.0.0",
            "prefix": 22
          },
          "network_provider": "NSXT_CONTAINER_PLUGIN",
          "ncp_cluster_network_spec": {
            "pod_cidrs": [
              {
                "address": "10.244.0.0",
                "prefix": 20
              }
            ],
            "ingress_cidrs": [
              {
                "address": "192.168.20.64",
                "prefix": 27
              }
            ],
            "egress_cidrs": [
              {
                "address": "192.168.30.64",
                "prefix": 27
              }
            ],
            "cluster_distributed_switch": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
            "nsx_edge_cluster": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
            "nsx_tier0_gateway": "edge",
            "namespace_subnet_prefix": 28,
            "routed_mode": false
          },
          "master_management_network": {
            "network": "dvportgroup-23",
            "mode": "STATICRANGE",
            "address_range": {
              "starting_address": "10.0.0.50",
              "address_count": 5,
              "subnet_mask": "255.255.255.0",
              "gateway": "10.0.0.1"
            }
          },
          "master_DNS": [
            "10.0.0.2"
          ],
          "master_DNS_search_domains": [],
          "master_NTP_servers": [
            "time.example.com"
          ],
          "worker_DNS": [
            "10.0.0.2"
          ],
          "workload_ntp_servers": [
            "time.example.com"
          ],
          "master_storage_policy": "gold-id",
          "ephemeral_storage_policy": "gold-id",
          "image_storage": {
            "storage_policy": "gold-id"
          }
        }"#]],
    );
    let old =
        enable_v1::spec(&planned(&given::model(&with_nsx())), &"7.0.1".parse().unwrap()).unwrap();
    assert_eq!(old.ncp.unwrap().tier0, None);
}

#[test]
fn vcenter_8_is_sent_the_same_control_plane_in_its_words() {
    let spec =
        enable_v2::on_cluster(&planned(&given::model(&with_nsx())), "bank".to_owned()).unwrap();
    assert_eq!(spec.name, "bank");
    sent(
        &spec.control_plane,
        &expect![[r#"
        {
          "network": {
            "backing": {
              "backing": "NETWORK",
              "network": "dvportgroup-23"
            },
            "services": {
              "dns": {
                "servers": [
                  "10.0.0.2"
                ],
                "search_domains": []
              },
              "ntp": {
                "servers": [
                  "time.example.com"
                ]
              }
            },
            "ip_management": {
              "dhcp_enabled": false,
              "gateway_address": "10.0.0.1/24",
              "ip_assignments": [
                {
                  "assignee": "NODE",
                  "ranges": [
                    {
                      "address": "10.0.0.50",
                      "count": 5
                    }
                  ]
                }
              ]
            }
          },
          "size": "SMALL",
          "storage_policy": "gold-id"
        }"#]],
    );
}

#[test]
fn vcenter_8_is_sent_the_same_workloads_in_its_words() {
    let spec =
        enable_v2::on_cluster(&planned(&given::model(&with_nsx())), "bank".to_owned()).unwrap();
    sent(
        &spec.workloads,
        &expect![[r#"
        {
          "network": {
            "network_type": "NSXT",
            "nsx": {
              "dvs": "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13",
              "namespace_subnet_prefix": 28
            },
            "services": {
              "dns": {
                "servers": [
                  "10.0.0.2"
                ],
                "search_domains": []
              },
              "ntp": {
                "servers": [
                  "time.example.com"
                ]
              }
            },
            "ip_management": {
              "dhcp_enabled": false,
              "ip_assignments": [
                {
                  "assignee": "POD",
                  "ranges": [
                    {
                      "address": "10.244.0.0",
                      "count": 4096
                    }
                  ]
                },
                {
                  "assignee": "SERVICE",
                  "ranges": [
                    {
                      "address": "10.96.0.0",
                      "count": 1024
                    }
                  ]
                }
              ]
            }
          },
          "edge": {
            "provider": "NSX",
            "load_balancer_address_ranges": [
              {
                "address": "192.168.20.64",
                "count": 32
              }
            ],
            "nsx": {
              "edge_cluster_ID": "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44",
              "t0_gateway": "edge",
              "routing_mode": "NAT",
              "egress_IP_ranges": [
                {
                  "address": "192.168.30.64",
                  "count": 32
                }
              ]
            }
          },
          "storage": {
            "ephemeral_storage_policy": "gold-id",
            "image_storage_policy": "gold-id"
          }
        }"#]],
    );
}

/// With port groups and a content library.
fn on_port_groups() -> Model {
    let mut model: Model = planned(&given::model(&with_port_groups()));
    model.content_library = "library-id".parse::<LibraryUuid>().unwrap().into();
    model
}

#[test]
fn port_groups_go_to_vcenter_7() {
    let spec = enable_v1::spec(&on_port_groups(), &"7.0.3".parse().unwrap()).unwrap();
    sent(
        &(spec.workload_networks, spec.load_balancer),
        &expect![[r#"
        [
          {
            "supervisor_primary_workload_network": {
              "network": "primary",
              "network_provider": "VSPHERE_NETWORK",
              "vsphere_network": {
                "portgroup": "dvportgroup-31",
                "gateway": "10.32.0.1",
                "subnet_mask": "255.255.255.0",
                "address_ranges": [
                  {
                    "address": "10.32.0.10",
                    "count": 10
                  }
                ]
              }
            }
          },
          {
            "id": "lb",
            "provider": "HA_PROXY",
            "address_ranges": [
              {
                "address": "10.32.0.100",
                "count": 10
              }
            ],
            "ha_proxy_config_create_spec": {
              "servers": [
                {
                  "host": "10.0.0.20",
                  "port": 5556
                }
              ],
              "username": "supervisor",
              "password": "canary",
              "certificate_authority_chain": "-----BEGIN CERTIFICATE-----\nMIIBcjCCARigAwIBAgIBATAKBggqhkjOPQQDAjA3MRUwEwYDVQQKDAxFeGFtcGxl\nIEJhbmsxHjAcBgNVBAMMFUhBUHJveHkgbGFiIGF1dGhvcml0eTAgFw0yNTAxMDEw\nMDAwMDBaGA8yMTI1MDEwMTAwMDAwMFowNzEVMBMGA1UECgwMRXhhbXBsZSBCYW5r\nMR4wHAYDVQQDDBVIQVByb3h5IGxhYiBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggq\nhkjOPQMBBwNCAARdZQ4LiX42GdVGCjgg2QmRP+QHFE7JnFJijt1XGhTr7XlcirHL\nUZO1asNtPNQq7igMZ/r0Dq+NRPovgI+FsA4CoxMwETAPBgNVHRMBAf8EBTADAQH/\nMAoGCCqGSM49BAMCA0gAMEUCIGeUkiELbV8odr24ShWeLdxI4gBuLAQegD0pLZHZ\njNTXAiEArf3VozcY4WdPJHKrxzXn/qGiJ/AkGzO3Wz4oB9sLTN8=\n-----END CERTIFICATE-----\n"
            }
          }
        ]"#]],
    );
}

#[test]
fn port_groups_go_to_vcenter_8() {
    let spec = enable_v2::on_cluster(&on_port_groups(), "bank".to_owned()).unwrap();
    sent(
        &(spec.workloads.network, spec.workloads.images),
        &expect![[r#"
        [
          {
            "network": "primary",
            "network_type": "VSPHERE",
            "vsphere": {
              "dvpg": "dvportgroup-31"
            },
            "services": {
              "dns": {
                "servers": [
                  "10.0.0.2"
                ],
                "search_domains": []
              },
              "ntp": {
                "servers": [
                  "time.example.com"
                ]
              }
            },
            "ip_management": {
              "dhcp_enabled": false,
              "gateway_address": "10.32.0.1/24",
              "ip_assignments": [
                {
                  "assignee": "NODE",
                  "ranges": [
                    {
                      "address": "10.32.0.10",
                      "count": 10
                    }
                  ]
                },
                {
                  "assignee": "SERVICE",
                  "ranges": [
                    {
                      "address": "10.96.0.0",
                      "count": 1024
                    }
                  ]
                }
              ]
            }
          },
          {
            "kubernetes_content_library": "library-id"
          }
        ]"#]],
    );
    let ha_proxy = spec.workloads.edge.ha_proxy.unwrap();
    assert_eq!((ha_proxy.servers[0].port, ha_proxy.username.as_str()), (5556, "supervisor"));
    assert!(ha_proxy.certificate_authority_chain.starts_with("-----BEGIN CERTIFICATE-----"));
}
