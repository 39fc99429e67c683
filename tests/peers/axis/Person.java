// A record of the register: each kind of value once, and another record.

import java.math.BigDecimal;
import java.util.Calendar;

public class Person {
    private String name;
    private int age;
    private BigDecimal amount;
    private Calendar since;
    private boolean alive;
    private Person mother;

    public String getName() { return name; }
    public void setName(String told) { name = told; }
    public int getAge() { return age; }
    public void setAge(int told) { age = told; }
    public BigDecimal getAmount() { return amount; }
    public void setAmount(BigDecimal told) { amount = told; }
    public Calendar getSince() { return since; }
    public void setSince(Calendar told) { since = told; }
    public boolean isAlive() { return alive; }
    public void setAlive(boolean told) { alive = told; }
    public Person getMother() { return mother; }
    public void setMother(Person told) { mother = told; }
}
