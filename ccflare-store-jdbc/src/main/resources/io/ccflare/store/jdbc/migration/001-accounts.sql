-- Settings of the store itself, such as the check value of the encryption key.
create table ${prefix}meta (
    name varchar(50) not null primary key,
    content varchar(500) not null
);

-- secret: the API key or the access token, sealed when the store has an encryption key. Times: milliseconds since the epoch, UTC.
create table ${prefix}account (
    id varchar(200) not null primary key,
    name varchar(100) not null unique,
    provider varchar(100) not null,
    position bigint not null,
    priority integer not null,
    endpoint varchar(2000),
    paused smallint not null,
    quota_domain varchar(500),
    max_in_flight integer not null,
    kind varchar(20) not null,
    secret text not null,
    refresh_secret text,
    expires_at bigint,
    revision varchar(50) not null,
    claimed_until bigint
);
