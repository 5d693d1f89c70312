-- model_class '' stands for all classes. saved_at: by the clock of the store that saved, milliseconds since the epoch, UTC.
create table ${prefix}cooldown (
    domain varchar(500) not null,
    model_class varchar(200) not null,
    since bigint not null,
    ends_at bigint not null,
    kind varchar(30) not null,
    detail text,
    saved_at bigint not null,
    primary key (domain, model_class, since)
);

create table ${prefix}clearing (
    domain varchar(500) not null,
    model_class varchar(200) not null,
    cleared_at bigint not null,
    saved_at bigint not null,
    primary key (domain, model_class)
);

create table ${prefix}usage_window (
    account_id varchar(200) not null,
    name varchar(100) not null,
    model_class varchar(200) not null,
    told_at bigint not null,
    utilization double precision,
    status varchar(30) not null,
    reset_at bigint,
    size_limit bigint,
    remaining bigint,
    observed_at bigint not null,
    saved_at bigint not null,
    primary key (account_id, name, model_class)
);

create table ${prefix}session_window (
    account_id varchar(200) not null primary key,
    opened_at bigint not null,
    saved_at bigint not null
);

-- account_id '' stands for a session that lost its binding.
create table ${prefix}binding (
    session_digest varchar(200) not null primary key,
    account_id varchar(200) not null,
    bound_at bigint not null,
    saved_at bigint not null
);

create index ${prefix}binding_saved on ${prefix}binding (saved_at);
create index ${prefix}binding_bound on ${prefix}binding (bound_at);
