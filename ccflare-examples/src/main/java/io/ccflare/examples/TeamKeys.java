package io.ccflare.examples;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * An account store over a table that a company has anyway: which team lent which key. This is all that it takes; the gateway asks
 * again every 30 seconds, so a row that is added, switched off or deleted takes effect without a restart. Thread-safe.
 */
public final class TeamKeys implements AccountStore {

    private final DataSource dataSource;

    public TeamKeys(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Makes the table; a company would have it already. */
    public void createTable() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "create table if not exists team_key (id int primary key, team varchar(100) not null unique,"
                            + " api_key varchar(500) not null, rank int default 0 not null, enabled boolean default true not null)");
        }
    }

    /** Adds a row. */
    public void lend(int id, String team, String apiKey, int rank, boolean enabled) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into team_key (id, team, api_key, rank, enabled) values (?, ?, ?, ?, ?)")) {
            insert.setInt(1, id);
            insert.setString(2, team);
            insert.setString(3, apiKey);
            insert.setInt(4, rank);
            insert.setBoolean(5, enabled);
            insert.executeUpdate();
        }
    }

    @Override
    public List<Account> accounts() throws SQLException {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement select = connection.prepareStatement(
                        "select id, team, api_key, rank, enabled from team_key order by id");
                ResultSet row = select.executeQuery()) {
            List<Account> accounts = new ArrayList<>();
            while (row.next()) {
                accounts.add(Account.builder(
                                row.getString("id"), row.getString("team"), Credential.apiKey(row.getString("api_key")))
                        .priority(row.getInt("rank"))
                        .paused(!row.getBoolean("enabled"))
                        .build());
            }
            return accounts;
        }
    }
}
