-- Give the version that is tried other weights; the frequencies stay as counted. One row.
update canon.weights_versions as version
set weights = %(weights)s
where version.version = %(version)s::integer
returning version.version;
